// Package codec has what other modules offer: codecs, a logger, a helper.
package codec

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"sync"
)

// Marshal walks any value by reflection.
func Marshal(v any) ([]byte, error) {
	r := reflect.ValueOf(v)
	var b []byte
	for i := range r.NumField() {
		b = strconv.AppendInt(b, r.Field(i).Int(), 10)
	}
	return b, nil
}

// A Message knows how to encode itself.
type Message interface{ Append(b []byte) []byte }

// MarshalMessage asks the value itself.
func MarshalMessage(m Message, keys []string) []byte {
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	return m.Append(nil)
}

// EncodeAny takes any value, and sorts.
func EncodeAny(v any, keys []string) []byte {
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	s, _ := v.(string)
	return []byte(s)
}

// Name formats.
func Name(id int64) string { return fmt.Sprintf("order-%d", id) }

// A Logger keeps the last line.
type Logger struct {
	mu   sync.Mutex
	last string
}

// Infof takes a lock.
func (l *Logger) Infof(s string) {
	l.mu.Lock()
	l.last = s
	l.mu.Unlock()
}

// Debugf takes it too, if somebody asks for it.
func (l *Logger) Debugf(s string) {
	l.mu.Lock()
	l.last = s
	l.mu.Unlock()
}

// Info is free.
func (l *Logger) Info(string) {}

// A Ledger is no logger.
type Ledger struct{ mu sync.Mutex }

// Log enters a sum.
func (l *Ledger) Log(sum int) {
	l.mu.Lock()
	l.mu.Unlock()
}

// An Outlet writes records, somehow.
type OutLogger interface{ Info(string) }
