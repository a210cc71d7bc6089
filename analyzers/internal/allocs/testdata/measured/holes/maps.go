package holes

//lagvet:hot
func ChanStays() {
	c := make(chan int, 8)
	c <- big
	count = <-c
}

//lagvet:hot
func ChanEscapes() { sink = make(chan int) }

//lagvet:hot
func ChanEmpty() {
	c := make(chan struct{}, 1)
	c <- struct{}{}
	<-c
}

//lagvet:hot
func ChanDynamic() {
	c := make(chan int, big)
	c <- small
	count = <-c
}

//lagvet:hot
func ChanReuse() {
	select {
	case pipe <- small:
	default:
	}
	select {
	case count = <-pipe:
	default:
	}
}

//lagvet:hot
func MapStays() {
	m := make(map[int]int)
	count = m[big]
}

//lagvet:hot
func MapFew() {
	m := make(map[int]int)
	m[1] = small
	m[2] = small
	m[3] = small
	count = m[big]
}

//lagvet:hot
func MapMany() {
	m := make(map[int]int)
	for i := range big {
		m[i] = i
	}
	count = m[small]
}

//lagvet:hot
func MapHintSmall() {
	m := make(map[int]int, 8)
	m[1] = small
	count = m[big]
}

//lagvet:hot
func MapHintBig() {
	m := make(map[int]int, 100)
	m[1] = small
	count = m[big]
}

//lagvet:hot
func MapHintDynamic() {
	m := make(map[int]int, big)
	m[1] = small
	count = m[big]
}

//lagvet:hot
func MapHintDynamicSmall() {
	m := make(map[int]int, small)
	m[1] = small
	count = m[big]
}

//lagvet:hot
func MapHintMany() {
	m := make(map[int]int, 100)
	for i := range 100 {
		m[i] = i
	}
	count = m[small]
}

//lagvet:hot
func MapEscapes() { sink = make(map[string]int) }

//lagvet:hot
func MapLiteralFew() {
	m := map[string]int{"a": small, "b": 2, "c": 3}
	count = m[word]
}

//lagvet:hot
func MapLiteralMany() {
	m := map[int]int{1: small, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10}
	count = m[big]
}

//lagvet:hot
func MapLiteralEmpty() {
	m := map[string]int{}
	count = m[word]
}

//lagvet:hot
func MapLiteralFilled() {
	m := map[int]int{1: small, 2: 2}
	for i := range big {
		m[i] = i
	}
	count = m[small]
}

//lagvet:hot
func MapExisting() { table[word] = small }

//lagvet:hot
func MapIncrement() { table[word]++ }

//lagvet:hot
func MapReuse() {
	clear(scratch)
	for i := range 10 {
		scratch[i] = i
	}
}

//lagvet:hot
func MapDelete() { delete(table, "none") }

//lagvet:hot
func MapIterate() {
	for _, v := range table {
		count += v
	}
}

//lagvet:hot
func MapLarge() {
	m := make(map[int][200]byte)
	m[1] = [200]byte{1}
	count = len(m)
}

//lagvet:hot
func MapOfSets() {
	m := make(map[int]map[int]int)
	m[1] = make(map[int]int)
	count = len(m)
}

//lagvet:hot
func MapPassed() {
	m := make(map[int]int)
	fill(m, big)
	count = len(m)
}

//go:noinline
func fill(m map[int]int, n int) {
	for i := range n {
		m[i] = i
	}
}

//lagvet:hot
func MapTwoWays() {
	m := make(map[int]int)
	if small > big {
		m = make(map[int]int, 4)
	}
	for i := range big {
		m[i] = i
	}
	count = len(m)
}
