package build

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of what is read of an executable's debug information: the units of a program
// of some thousand packages, and of each the few hundred bytes before its contents.
const (
	mostUnits  = 4096
	mostInfo   = 64 << 20 // bytes, after decompression
	mostAbbrev = 1 << 20
	mostHead   = 4096
)

// producers returns what the Go compiler was told for the first package that it did not
// optimise, "example.com/app: -N -l", or an empty string if it optimised all.
func producers(exe string) (string, error) {
	f, err := elf.Open(exe)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, abbrev := f.Section(".debug_info"), f.Section(".debug_abbrev")
	if info == nil || abbrev == nil {
		return "", errors.New("it is stripped of it")
	}
	table, err := io.ReadAll(io.LimitReader(abbrev.Open(), mostAbbrev))
	if err != nil {
		return "", fmt.Errorf("reading the debug information: %w", err)
	}
	return slowUnit(io.LimitReader(info.Open(), mostInfo), table, f.ByteOrder)
}

// slowUnit reads the units of debug information, their first entries alone.
func slowUnit(info io.Reader, abbrev []byte, order binary.ByteOrder) (string, error) {
	compiled := 0
	for range mostUnits {
		unit, err := nextUnit(info, order)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		name, flags, ok := producer(unit, abbrev)
		if !ok {
			continue // C, or a form that is not understood
		}
		compiled++
		if unoptimised(flags) {
			return name + ": " + flags, nil
		}
	}
	if compiled == 0 {
		return "", errors.New("no unit of it is by the Go compiler")
	}
	return "", nil
}

// nextUnit returns a unit, cut off behind its first entry, with a length to match.
func nextUnit(info io.Reader, order binary.ByteOrder) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(info, length[:]); err != nil {
		return nil, io.EOF // at the end, or where it was cut off
	}
	n := int64(order.Uint32(length[:]))
	if n >= 0xfffffff0 {
		return nil, errors.New("it is of the 64-bit format, which Go does not write")
	}
	unit := make([]byte, 4+min(n, mostHead))
	order.PutUint32(unit, uint32(len(unit)-4))
	if _, err := io.ReadFull(info, unit[4:]); err != nil {
		return nil, io.EOF
	}
	if _, err := io.CopyN(io.Discard, info, n-int64(len(unit)-4)); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return unit, nil
}

// producer returns what the first entry of a unit says: which package it is of, and
// what flags the Go compiler had.
func producer(unit, abbrev []byte) (name, flags string, ok bool) {
	d, err := dwarf.New(abbrev, nil, nil, unit, nil, nil, nil, nil)
	if err != nil {
		return "", "", false
	}
	e, err := d.Reader().Next()
	if err != nil || e == nil {
		return "", "", false
	}
	by, _ := e.Val(dwarf.AttrProducer).(string)
	name, _ = e.Val(dwarf.AttrName).(string)
	by, flags, _ = strings.Cut(by, ";")
	if !strings.HasPrefix(by, "Go cmd/compile") {
		return "", "", false
	}
	return name, strings.TrimSpace(flags), true
}
