// Package busy has functions that a profile knows.
package busy

type Book struct {
	text    string
	count   int
	byVenue map[string]int
}

func (b *Book) Hot(n int, raw []byte) {
	buf := make([]byte, n)
	s := string(raw) // without a share of its own
	b.count += len(buf) + len(s) + int(s[0])
	b.byVenue[b.text] = n // a kept map
}
