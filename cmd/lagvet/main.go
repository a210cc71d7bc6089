package main

import (
	"os"

	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

func main() {
	if vettool.Is(os.Args[1:]) {
		vettool.Main(os.Args[1:])
	}
}
