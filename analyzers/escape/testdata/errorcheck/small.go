// errorcheck -0 -m -l

// Package small says, as the compiler's own tests do, what must escape and what
// must not.
package small

type node struct {
	next *node
	n    int
}

type sizer interface{ size() int }

func (n *node) size() int { return n.n } // ERROR "n does not escape$"

var (
	global *node
	kept   any
	size   sizer
)

func moved() *int {
	x := 1 // ERROR "moved to heap: x$"
	return &x
}

func stays() int {
	n := &node{n: 1} // ERROR "&node{...} does not escape$"
	return n.n
}

func made(n int) []int {
	b := make([]int, 8) // ERROR "make\(\[\]int, 8\) does not escape$"
	b[0] = n
	return make([]int, n) // ERROR "make\(\[\]int, n\) escapes to heap$"
}

func stored(n *node) { // ERROR "leaking param: n$"
	global = n
}

func content(n *node) { // ERROR "leaking param content: n$"
	global = n.next
}

func result(n *node) *node { // ERROR "leaking param: n to result ~r0 level=0$"
	return n
}

func boxed(n int) {
	kept = n      // ERROR "n escapes to heap$"
	var s any = n // ERROR "n does not escape$"
	_ = s
}

func called() int {
	n := &node{} // ERROR "&node{} escapes to heap$"
	size = n
	return size.size()
}

func captured(n int) func() int { // ERROR "moved to heap: n$"
	return func() int { // ERROR "func literal escapes to heap$"
		n++
		return n
	}
}

func direct(n int) int {
	add := func(m int) int { return n + m } // ERROR "func literal does not escape$"
	return add(1)
}

func text(b []byte) int { // ERROR "b does not escape$"
	m := map[string]int{} // ERROR "map\[string\]int{} does not escape$"
	return m[string(b)]   // ERROR "string\(b\) does not escape$"
}
