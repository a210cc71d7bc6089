package holes

//lagvet:hot
func ConcatShort() {
	s := short + "x"
	count = len(s)
}

//lagvet:hot
func ConcatLong() {
	s := word + "x"
	count = len(s) + int(s[small])
}

//lagvet:hot
func ConcatConst() { text = "a" + "b" }

//lagvet:hot
func ConcatEmpty() { text = word + none }

//lagvet:hot
func ConcatMany() {
	s := word + "," + short + "," + word
	count = int(s[small])
}

//lagvet:hot
func ConcatLoop() {
	s := ""
	for range 10 {
		s += word
	}
	count = len(s)
}

//lagvet:hot
func ConcatCompare() {
	if word+short == text {
		count++
	}
}

//lagvet:hot
func ConcatIndex() { count = table[word+short] }

//lagvet:hot
func ConcatBytes() { text = "<" + string(data) + ">" }

//lagvet:hot
func ConcatBytesCompare() {
	if "<"+string(short4)+">" == text {
		count++
	}
}

//lagvet:hot
func ConcatReturned() { text = joined(word, short) }

//go:noinline
func joined(a, b string) string { return a + b }

//lagvet:hot
func StringLookup() { count = table[string(data)] }

//lagvet:hot
func StringLookupOk() {
	if n, ok := table[string(data)]; ok {
		count = n
	}
}

type key struct {
	name string
	n    int
}

//lagvet:hot
func StringLookupKey() { count = keyed[key{string(data), 1}] }

//lagvet:hot
func StringLookupNamed() {
	s := string(data)
	count = table[s]
}

//lagvet:hot
func StringLookupTwice() {
	s := string(data)
	count = table[s] + len(s) + int(s[small])
}

//lagvet:hot
func StringAssign() { table[string(data)] = small }

//lagvet:hot
func StringIncrement() { table[string(data)]++ }

//lagvet:hot
func StringDelete() { delete(table, string(data)) }

//lagvet:hot
func StringCompare() {
	if string(data) == word {
		count++
	}
}

//lagvet:hot
func StringLess() {
	if string(data) < string(line) {
		count++
	}
}

//lagvet:hot
func StringSwitch() {
	switch string(data) {
	case "a", "b":
		count++
	case "c":
		count--
	}
}

//lagvet:hot
func StringSwitchNamed() {
	switch s := string(data); s {
	case "a", "b":
		count++
	case word:
		count--
	}
}

//lagvet:hot
func StringRangeBytes() {
	for _, b := range []byte(word) {
		count += int(b)
	}
}

//lagvet:hot
func StringRangeRunes() {
	for _, r := range string(data) {
		count += int(r)
	}
}

//lagvet:hot
func StringRangeRuneSlice() {
	for _, r := range []rune(word) {
		count += int(r)
	}
}

//lagvet:hot
func StringLen() { count = len(string(data)) }

//lagvet:hot
func StringLenRunes() { count = len([]rune(word)) }

//lagvet:hot
func StringLenBytes() { count = len([]byte(word)) }

//lagvet:hot
func StringShort() {
	s := string(short4)
	count = len(s) + int(s[0])
	use(s)
}

//lagvet:hot
func StringLong() {
	s := string(data)
	use(s)
}

//go:noinline
func use(s string) { count = len(s) }

//go:noinline
func useBytes(b []byte) {
	b[0] = 'x'
	count = len(b)
}

//go:noinline
func readBytes(b []byte) { count = len(b) + int(b[0]) }

//lagvet:hot
func StringArray() {
	s := string(array[:])
	use(s)
}

//lagvet:hot
func StringOne() { text = string(data[:1]) }

//lagvet:hot
func StringNone() { text = string(data[:0]) }

//lagvet:hot
func StringEscapes() { text = string(data) }

//lagvet:hot
func StringConst() { text = string("word") }

//lagvet:hot
func StringNamedType() { text = string(named) }

//lagvet:hot
func StringRuneStays() { use(string(letter)) }

//lagvet:hot
func StringRune() { text = string(letter) }

//lagvet:hot
func StringRunes() { text = string(letters) }

//lagvet:hot
func StringRunesStays() { use(string(letters)) }

//lagvet:hot
func StringIndex() { count = int(string(data)[small]) }

//lagvet:hot
func StringCut() { use(string(data)[1:3]) }

//lagvet:hot
func StringAppend() { line = append(line[:0], string(data)...) }

//lagvet:hot
func StringCopy() { count = copy(line, string(data)) }

//lagvet:hot
func StringPassed() { use(string(data)) }

//lagvet:hot
func StringPrinted() { sink = string(data) }

//lagvet:hot
func BytesShort() { useBytes([]byte(short)) }

//lagvet:hot
func BytesLong() { useBytes([]byte(word)) }

//lagvet:hot
func BytesRead() { readBytes([]byte(word)) }

//lagvet:hot
func BytesEscape() { line = []byte(word) }

//lagvet:hot
func BytesConst() { useBytes([]byte("a constant that is longer than thirty-two bytes")) }

//lagvet:hot
func BytesAppend() { line = append(line[:0], []byte(word)...) }

//lagvet:hot
func BytesCopy() { count = copy(line, []byte(word)) }

//lagvet:hot
func BytesIndex() { count = int([]byte(word)[small]) }

//lagvet:hot
func RunesShort() {
	r := []rune(short)
	r[0] = 'x'
	count = len(r)
}

//lagvet:hot
func RunesLong() {
	r := []rune(word)
	r[0] = 'x'
	count = int(r[small])
}

//lagvet:hot
func RunesBack() { use(string([]rune(short))) }

//lagvet:hot
func NamedTwice() {
	s := string(data)
	count = table[s] + other[s]
}

//lagvet:hot
func NamedLookupLen() {
	s := string(data)
	count = table[s] + len(s)
}

//lagvet:hot
func NamedCompareTwice() {
	s := string(data)
	if s == word || s == short {
		count++
	}
}

//lagvet:hot
func GenericBytes() { count = length(word) + length(data) }

//go:noinline
func length[T string | []byte](text T) int {
	b := []byte(text)
	b[0] = 'x'
	return len(b)
}

//lagvet:hot
func ConcatSelf() {
	s := short
	s += ","
	s += word
	count = len(s) + int(s[small])
}

//lagvet:hot
func StringKeyLong() { count = pairs[[2]string{string(data), short}] }
