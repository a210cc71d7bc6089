// Package parcel packs what an analyzer tells the lagvet command into the category
// of a diagnostic. The go command keeps that text and writes it again in each run,
// escaped twice, and chains name the same files over and over: packed, it is a
// tenth.
package parcel

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"io"
)

// Pack returns data as text that needs no escapes.
func Pack(data []byte) (string, error) {
	var buf bytes.Buffer
	z, err := flate.NewWriter(&buf, flate.BestSpeed)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(data); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// Unpack returns what [Pack] was given.
func Unpack(text string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
}
