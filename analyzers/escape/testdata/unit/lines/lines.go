// Package lines was generated from another file.
package lines

//line order.y:10:1
func New() *int {
	x := 1
	return &x
}
