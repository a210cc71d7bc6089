// Package truth holds small functions whose allocations are counted, to be
// held against what the compiler is taken to say of them.
package truth

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
)

// All holds every function by its name.
var All = map[string]func(){
	"Address": Address, "AddressStays": AddressStays, "New": New, "NewStays": NewStays, "NewEmpty": NewEmpty,
	"Literal": Literal, "LiteralStays": LiteralStays, "EmptySlice": EmptySlice, "MakeConst": MakeConst,
	"MakeConstStays": MakeConstStays, "MakeZero": MakeZero, "MakeDynamic": MakeDynamic, "MakeMap": MakeMap,
	"MapLiteral": MapLiteral, "TooLarge": TooLarge,
	"BoxConst": BoxConst, "BoxBigConst": BoxBigConst, "BoxSmallInt": BoxSmallInt, "BoxBigInt": BoxBigInt, "BoxBool": BoxBool, "BoxByte": BoxByte,
	"BoxEmptyStruct": BoxEmptyStruct, "BoxPointer": BoxPointer, "BoxStruct": BoxStruct, "BoxZeroStruct": BoxZeroStruct,
	"BoxString": BoxString, "BoxConstString": BoxConstString, "BoxSlice": BoxSlice, "BoxFloat": BoxFloat, "BoxEnum": BoxEnum,
	"BoxStays": BoxStays, "BoxMade": BoxMade, "BoxConverted": BoxConverted, "BoxResult": BoxResult, "BoxFunc": BoxFunc, "BoxLocalConst": BoxLocalConst,
	"BoxMethodResult": BoxMethodResult, "BoxSort": BoxSort, "BoxIndex": BoxIndex, "BoxArrayOfOne": BoxArrayOfOne,
	"ClosureNothing": ClosureNothing, "ClosureGlobal": ClosureGlobal, "ClosureValue": ClosureValue, "ClosureReference": ClosureReference, "ClosureStays": ClosureStays,
	"MethodValue": MethodValue, "MethodValueStays": MethodValueStays, "MethodExpr": MethodExpr,
	"Variadic": Variadic, "VariadicNone": VariadicNone, "VariadicStays": VariadicStays, "VariadicSpread": VariadicSpread,
	"Send": Send, "Loop": Loop, "LoopHoisted": LoopHoisted, "InterfaceCall": InterfaceCall, "FuncValueCall": FuncValueCall,
	"Inlined": Inlined, "InlinedStays": InlinedStays, "NotInlined": NotInlined, "InlinedParam": InlinedParam, "InlinedTwice": InlinedTwice,
	"Generic": Generic, "GenericPointer": GenericPointer, "GenericConst": GenericConst,
	"BytesToString": BytesToString, "BytesCompare": BytesCompare, "BytesMapIndex": BytesMapIndex, "BytesRange": BytesRange,
	"StringToBytes": StringToBytes, "StringToBytesStays": StringToBytesStays, "ConstToBytes": ConstToBytes, "Concat": Concat,
	"Append": Append, "Errorf": Errorf, "ErrorsNew": ErrorsNew, "Sprint": Sprint, "ErrorValue": ErrorValue,
	"GoStatement": GoStatement, "DeferClosure": DeferClosure, "TypeSwitch": TypeSwitch, "Builder": Builder, "StructOfPointers": StructOfPointers,
	"RangeFunc": RangeFunc, "NamedResult": NamedResult, "ArrayOfPointers": ArrayOfPointers, "MapOfPointers": MapOfPointers, "CapturedByTwo": CapturedByTwo, "ZeroSizedArray": ZeroSizedArray,
}

type T struct{ a, b, c int }

func (t T) Get() int   { return t.a }
func (t *T) Put(n int) { t.a = n }

type getter interface{ Get() int }

type putter interface{ Put(int) }

type kind int

const (
	kindA kind = iota
	kindB
)

type list []int

func (l list) Len() int           { return len(l) }
func (l list) Less(i, j int) bool { return l[i] < l[j] }
func (l list) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

type failure struct{ code, line int }

func (f failure) Error() string { return "failure" }

var (
	sink    any
	pointer *T
	bytes   []byte
	text    string
	call    func()
	count   int
	get     getter
	put     putter = new(T)
	taker          = func(t *T) { t.a++ }
	err     error

	big   = 1000
	small = 7
	yes   = true
	word  = strings.Repeat("word", 20)
	data  = []byte(word)
	ints  = list{3, 1, 2}
	which = kindB
	float = 1.5
	table = map[string]int{word: 1}
	ch    = make(chan *T, 1)

	held any = T{a: 1}
	wait sync.WaitGroup
)

//lagvet:hot
func Address() {
	t := T{a: big}
	pointer = &t
}

//lagvet:hot
func AddressStays() {
	t := T{a: big}
	p := &t
	p.Put(count)
	count = p.a
}

//lagvet:hot
func New() { pointer = new(T) }

//lagvet:hot
func NewStays() {
	p := new(T)
	p.Put(big)
	count = p.a
}

//lagvet:hot
func NewEmpty() { sink = new(struct{}) }

//lagvet:hot
func Literal() { bytes = []byte{1, 2, byte(small)} }

//lagvet:hot
func LiteralStays() {
	for _, n := range []int{1, 2, big} {
		count += n
	}
}

//lagvet:hot
func EmptySlice() { bytes = []byte{} }

//lagvet:hot
func MakeConst() { bytes = make([]byte, 64) }

//lagvet:hot
func MakeConstStays() {
	b := make([]byte, 64)
	count += len(append(b[:0], word[:10]...))
}

//lagvet:hot
func MakeZero() { bytes = make([]byte, 0) }

//lagvet:hot
func MakeDynamic() { bytes = make([]byte, big) }

//lagvet:hot
func MakeMap() { sink = make(map[string]int) }

//lagvet:hot
func MapLiteral() { sink = map[string]int{"a": 1} }

//lagvet:hot
func TooLarge() {
	b := make([]byte, 1<<17)
	b[small] = 1
	count += int(b[big])
}

//lagvet:hot
func BoxConst() { sink = 7 }

//lagvet:hot
func BoxBigConst() { sink = any(70000) }

//lagvet:hot
func BoxSmallInt() { sink = small }

//lagvet:hot
func BoxBigInt() { sink = big }

//lagvet:hot
func BoxBool() { sink = yes }

//lagvet:hot
func BoxByte() { sink = data[0] }

//lagvet:hot
func BoxEmptyStruct() { sink = struct{}{} }

//lagvet:hot
func BoxPointer() { sink = pointer }

//lagvet:hot
func BoxStruct() { sink = T{a: big} }

//lagvet:hot
func BoxZeroStruct() { sink = T{} }

//lagvet:hot
func BoxString() { sink = word }

//lagvet:hot
func BoxConstString() { sink = "constant" }

//lagvet:hot
func BoxSlice() { sink = data }

//lagvet:hot
func BoxFloat() { sink = float }

//lagvet:hot
func BoxEnum() { sink = which }

//lagvet:hot
func BoxStays() {
	var x any = big
	if x == any(small) {
		count++
	}
}

//lagvet:hot
func BoxMade() { sink = make([]byte, 8) }

//lagvet:hot
func BoxConverted() { sink = float64(big) }

//lagvet:hot
func BoxResult() { sink = strings.TrimSpace(word) }

//lagvet:hot
func BoxFunc() { sink = taker }

//lagvet:hot
func BoxLocalConst() {
	n := 100000
	sink = n
}

//lagvet:hot
func BoxMethodResult() {
	t := T{a: big}
	sink = t.Get()
}

//lagvet:hot
func BoxSort() { sort.Sort(ints) }

//lagvet:hot
func BoxIndex() { sink = ints[0] + big }

//lagvet:hot
func BoxArrayOfOne() { sink = [1]int{big} }

//lagvet:hot
func ClosureNothing() { call = func() { println() } }

//lagvet:hot
func ClosureGlobal() { call = func() { count++ } }

//lagvet:hot
func ClosureValue() {
	n := big
	call = func() { count += n }
}

//lagvet:hot
func ClosureReference() {
	n := big
	call = func() { n++ }
	n++
}

//lagvet:hot
func ClosureStays() {
	n := big
	f := func() { n++ }
	f()
	count = n
}

//lagvet:hot
func MethodValue() {
	f := pointer.Put
	sink = f
}

//lagvet:hot
func MethodValueStays() {
	f := ints.Len
	count += f()
}

//lagvet:hot
func MethodExpr() { sink = T.Get }

//go:noinline
func keep(args ...any) { sink = args }

//go:noinline
func look(args ...any) { count += len(args) }

//lagvet:hot
func Variadic() { keep(word, word) }

//lagvet:hot
func VariadicNone() { keep() }

//lagvet:hot
func VariadicStays() { look(word, big) }

var some = []any{1, 2}

//lagvet:hot
func VariadicSpread() { keep(some...) }

//lagvet:hot
func Send() {
	ch <- &T{a: big}
	<-ch
}

//lagvet:hot
func Loop() {
	var last *T
	for i := range 3 {
		last = &T{a: i}
	}
	count += last.a
}

//lagvet:hot
func LoopHoisted() {
	var t T
	for i := range 3 {
		t = T{a: i}
	}
	count += t.a
}

//lagvet:hot
func InterfaceCall() {
	n := T{a: big}
	get = n
	put.Put(get.Get())
}

//lagvet:hot
func FuncValueCall() {
	t := T{a: big}
	taker(&t)
}

func make1(n int) *T { return &T{a: n} }

//lagvet:hot
func Inlined() { pointer = make1(big) }

//lagvet:hot
func InlinedStays() { count += make1(big).a }

//go:noinline
func make2(n int) *T { return &T{a: n} }

//lagvet:hot
func NotInlined() { count += make2(big).a }

func publish(v any) { sink = v }

//lagvet:hot
func InlinedParam() { publish(word) }

func twice() (*T, *T) { return &T{a: 1}, &T{b: 2} }

//lagvet:hot
func InlinedTwice() {
	p, q := twice()
	pointer = p
	sink = q
}

func put2[P any](v P) { sink = v }

//lagvet:hot
func Generic() { put2(word) }

//lagvet:hot
func GenericPointer() { put2(pointer) }

//lagvet:hot
func GenericConst() { put2(100000) }

//lagvet:hot
func BytesToString() { text = string(data) }

//lagvet:hot
func BytesCompare() {
	if string(data) == word {
		count++
	}
}

//lagvet:hot
func BytesMapIndex() { count += table[string(data)] }

//lagvet:hot
func BytesRange() {
	for _, b := range []byte(word) {
		count += int(b)
	}
}

//lagvet:hot
func StringToBytes() { bytes = []byte(word) }

//lagvet:hot
func StringToBytesStays() { count += len([]byte(word)) }

//lagvet:hot
func ConstToBytes() { bytes = []byte("constant") }

//lagvet:hot
func Concat() { text = word + text[:0] + word }

//lagvet:hot
func Append() { bytes = append(data[:len(data):len(data)], 'x') }

//lagvet:hot
func Errorf() { text = fmt.Errorf("%s at %d", word, big).Error() }

//lagvet:hot
func ErrorsNew() { err = errors.New("wrong") }

//lagvet:hot
func Sprint() { text = fmt.Sprint(word, yes) }

//lagvet:hot
func ErrorValue() { err = failure{big, small} }

//lagvet:hot
func GoStatement() {
	n := big
	wait.Add(1)
	go func() {
		count += n
		wait.Done()
	}()
	wait.Wait()
}

//lagvet:hot
func DeferClosure() {
	n := big
	defer func() { n++ }()
	count += n
}

//lagvet:hot
func TypeSwitch() {
	switch x := held.(type) {
	case T:
		pointer = &x
	case string:
		text = x
	}
}

//lagvet:hot
func Builder() {
	var b strings.Builder
	b.WriteString(word)
	text = b.String()
}

type pair struct{ x, y *T }

//lagvet:hot
func StructOfPointers() { sink = &pair{x: &T{a: big}, y: &T{b: big}} }

func seq(yield func(int) bool) {
	for i := range 3 {
		if !yield(i) {
			return
		}
	}
}

//lagvet:hot
func RangeFunc() {
	for i := range seq {
		count += i
	}
}

func result() (t T) {
	pointer = &t
	return t
}

//lagvet:hot
func NamedResult() { count += result().a }

//lagvet:hot
func ArrayOfPointers() { sink = []*T{{a: big}, {b: big}} }

//lagvet:hot
func MapOfPointers() { sink = map[string]*T{"x": {a: big}} }

var second func()

//lagvet:hot
func CapturedByTwo() {
	n := big
	call = func() { n++ }
	second = func() { n-- }
}

//lagvet:hot
func ZeroSizedArray() {
	var a [0]int
	sink = &a
}
