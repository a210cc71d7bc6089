// Package embedded embeds files in every way there is.
package embedded

import (
	"embed"
)

//go:embed files/one.txt
var Text string

//go:embed "files/a name with blanks.txt"
var Bytes []byte

//go:embed files/*.txt all:files `files/one.txt`
var FS embed.FS

type Order struct{ ID, Price int64 }

func New(id int64) *Order {
	o := Order{ID: id, Price: int64(len(Text) + len(Bytes))}
	return &o
}
