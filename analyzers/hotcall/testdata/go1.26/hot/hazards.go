// Package hot has costly calls in hot functions.
package hot

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"time"
)

type order struct {
	ID     int64
	Symbol string
	At     time.Time
}

type engine struct {
	log  *log.Logger
	buf  bytes.Buffer
	keys map[string]int
}

//lagvet:hot
func (e *engine) key(o *order) int {
	return e.keys[fmt.Sprintf("%s/%d", o.Symbol, o.ID)] // want `^proven: fmt.Sprintf has each argument boxed .*$`
}

// What formats into a buffer costs nearly the same.
//
//lagvet:hot
func (e *engine) line(o *order) {
	e.buf.Reset()
	fmt.Fprintf(&e.buf, "%d\n", o.ID) // want `^proven: fmt.Fprintf has each argument`
}

//lagvet:hot
func encode(o *order) []byte {
	b, _ := json.Marshal(o) // want `^proven: json.Marshal walks the value by reflection`
	return b
}

//lagvet:hot
func stream(enc *json.Encoder, o *order) error {
	return enc.Encode(o) // want `^proven: \(\*json.Encoder\).Encode walks`
}

//lagvet:hot
func asXML(o *order) ([]byte, error) {
	return xml.Marshal(o) // want `^proven: xml.Marshal walks`
}

type header struct {
	Length uint32
	Kind   uint16
}

//lagvet:hot
func head(buf *bytes.Buffer, h *header) error {
	return binary.Write(buf, binary.BigEndian, h) // want `^proven: binary.Write walks`
}

//lagvet:hot
func heads(buf *bytes.Buffer, hs []header) error {
	return binary.Write(buf, binary.BigEndian, hs) // want `^proven: binary.Write walks`
}

// A compilation in hot code is hotcall's, in other code initperreq's.
//
//lagvet:hot
func matches(s string) bool {
	return regexp.MustCompile(`^[a-z]+$`).MatchString(s) // want `^proven: regexp.MustCompile compiles the expression in each call`
}

//lagvet:hot
func compiles(s string) bool {
	ok, _ := regexp.MatchString(`^[a-z]+$`, s) // want `^proven: regexp.MatchString compiles`
	return ok
}

// A level may be set under which nothing is written.
//
//lagvet:hot
func (e *engine) accept(o *order) {
	e.keys[o.Symbol]++
	e.log.Printf("order %d", o.ID) // want `^likely: \(\*log.Logger\).Printf formats a record`
}

//lagvet:hot
func (e *engine) acceptStructured(o *order) {
	e.keys[o.Symbol]++
	slog.Info("order", "id", o.ID) // want `^likely: slog.Info formats a record`
}

//lagvet:hot
func zone() string {
	return os.Getenv("ZONE") // want `^proven: os.Getenv takes the lock`
}

//lagvet:hot
func stamp(o *order) string {
	return o.At.Format(time.RFC3339) // want `^proven: \(time.Time\).Format works out the date`
}

//lagvet:hot
func parse(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s) // want `^proven: time.Parse works out`
	return t
}

// All that works by reflection in a function is one finding, at what costs most.
//
//lagvet:hot
func set(o any, name string, to int64) {
	v := reflect.ValueOf(o)
	v.Elem().FieldByName(name).SetInt(to) // want `^proven: \(reflect.Value\).FieldByName works by reflection.* ← calls reflect.ValueOf ← calls \(reflect.Value\).Elem ← calls \(reflect.Value\).FieldByName ← calls \(reflect.Value\).SetInt$`
}

//lagvet:hot
func same(a, b *order) bool {
	return reflect.DeepEqual(a, b) // want `^proven: reflect.DeepEqual works by reflection`
}

// In one case of several is in hot code all the same.
//
//lagvet:hot
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []string:
		return fmt.Sprint(v) // want `^likely: fmt.Sprint has each argument`
	}
	return ""
}

// What a hot function calls is hot, and so is a literal that it passes on.
//
//lagvet:hot
func (e *engine) all(os []order) {
	each(os, func(o *order) {
		e.keys[o.At.String()]++ // want `^proven: \(time.Time\).String works out`
	})
}

func each(os []order, f func(*order)) {
	for i := range os {
		f(&os[i])
		note(&os[i])
	}
}

func note(o *order) {
	o.Symbol = fmt.Sprint(o.ID) // want `^proven: fmt.Sprint has each argument`
}

// A contract makes a function hot. What it formats is no wait.
//
//lagvet:nonblocking
func (e *engine) quick(o *order) int {
	return e.keys[fmt.Sprint(o.ID)] // want `^proven: fmt.Sprint has each argument`
}

//lagvet:hot
func silenced(o *order) string {
	//lagvet:allow hotcall -- what it returns is kept by the caller
	return fmt.Sprint(o.ID) // want `^allowed: fmt.Sprint has each argument`
}
