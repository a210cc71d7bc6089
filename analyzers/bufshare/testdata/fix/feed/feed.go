// Package feed hands on what it reads.
package feed

import (
	"bufio"
	"io"
)

func serve(r io.Reader, handle func([]byte), out chan<- []byte) (lines [][]byte) {
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		if err != nil {
			break
		}
		go handle(buf[:n]) // want `^likely: `
		out <- buf[:n]     // want `^likely: `
	}
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		lines = append(lines, sc.Bytes()) // want `^likely: `
	}
	return lines
}
