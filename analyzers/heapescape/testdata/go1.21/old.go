// Package old is compiled as Go 1.21.
package old

type Order struct{ ID int64 }

// Before Go 1.22 the loop has one variable, which all iterations share.
//
//lagvet:hot
func Each(ids []int64, out []*int64) {
	for i, id := range ids { // want `proven: id \(int64, 8 bytes\) is moved to the heap`
		out[i] = &id
	}
}

// The copy is made anew in each iteration.
//
//lagvet:hot
func Copied(ids []int64, out []*int64) {
	for i, id := range ids {
		id := id // want `proven: id \(int64, 8 bytes\) is moved to the heap in every iteration`
		out[i] = &id
	}
}
