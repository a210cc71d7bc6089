package holes

import "slices"

//lagvet:hot
func MakeDynamicSmall() {
	b := make([]byte, small)
	b[0] = 1
	count = int(b[small-1])
}

//lagvet:hot
func MakeDynamic() {
	b := make([]byte, big)
	b[0] = 1
	count = int(b[big-1])
}

//lagvet:hot
func MakeConst() {
	b := make([]byte, 4096)
	b[small] = 1
	count = int(b[big])
}

//lagvet:hot
func MakeHuge() {
	b := make([]byte, 128<<10)
	b[small] = 1
	count = int(b[big])
}

//lagvet:hot
func MakeLocalConst() {
	n := 64
	b := make([]byte, n)
	b[small] = 1
	count = int(b[small+1])
}

//lagvet:hot
func MakeConstCap() {
	b := make([]byte, small, 64)
	b[0] = 1
	count = int(b[small-1])
}

//lagvet:hot
func MakeDynamicCap() {
	b := make([]byte, 0, big)
	b = append(b, word...)
	count = len(b)
}

//lagvet:hot
func MakeEmptyElems() {
	b := make([]struct{}, big)
	count = len(b)
}

//lagvet:hot
func MakeEscapes() { line = make([]byte, big) }

//lagvet:hot
func MakeBounded() {
	n := small & 15
	b := make([]byte, n)
	count = len(b)
}

//lagvet:hot
func AppendEach() {
	var s []int
	for i := range big {
		s = append(s, i)
	}
	count = len(s)
}

//lagvet:hot
func AppendFirst() {
	var s []int
	s = append(s, small)
	count = s[0]
}

//lagvet:hot
func AppendRoom() {
	s := make([]int, 0, 8)
	s = append(s, 1)
	s = append(s, 2, small)
	count = len(s)
}

//lagvet:hot
func AppendRoomLost() {
	s := make([]int, 0, 2)
	s = append(s, 1, 2)
	s = append(s, 3, small)
	count = len(s)
}

//lagvet:hot
func AppendPresized() {
	s := make([]int, 0, len(ints))
	for _, i := range ints {
		s = append(s, i)
	}
	count = len(s)
}

//lagvet:hot
func AppendReuse() { line = append(line[:0], word...) }

//lagvet:hot
func AppendReuseBytes() {
	b := append(line[:0], data...)
	b = append(b, ' ')
	line = b
}

//lagvet:hot
func AppendArray() {
	var room [256]byte
	b := append(room[:0], word...)
	count = len(b)
}

//lagvet:hot
func AppendArrayLost() {
	var room [16]byte
	b := append(room[:0], word...)
	count = len(b)
}

//lagvet:hot
func AppendClone() { line = append([]byte(nil), data...) }

//lagvet:hot
func AppendMake() {
	b := append(line[:0], make([]byte, 16)...)
	count = len(b)
}

//lagvet:hot
func AppendFull() {
	b := append(data[:len(data):len(data)], 'x')
	count = len(b)
}

//lagvet:hot
func AppendNothing() {
	b := append(data, line[:0]...)
	count = len(b)
}

//lagvet:hot
func SliceLiteral() {
	s := []int{1, 2, big}
	count = s[small%3]
}

//lagvet:hot
func ArrayCopied() {
	a := [64]int{1, 2, big}
	b := a
	b[small] = 1
	count = b[small]
}

//lagvet:hot
func SliceSorted() { slices.Sort(ints) }

//lagvet:hot
func SliceOfSlices() {
	s := make([][]int, 4)
	for i := range s {
		s[i] = make([]int, big)
	}
	count = len(s)
}

//lagvet:hot
func GenericMake() { count = len(made[int](big)) }

//go:noinline
func made[T any](n int) []T { return make([]T, n) }

//lagvet:hot
func GenericStays() { count = filled[int](small) }

func filled[T any](n int) int {
	s := make([]T, 4)
	return len(s) + n
}
