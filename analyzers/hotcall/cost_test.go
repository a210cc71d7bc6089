package hotcall

import (
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// The costs that doc.go and the messages quote are those of these benchmarks:
//
//	go test -run=^$ -bench=Call -benchtime=3ms -count=60 ./analyzers/hotcall
//
// Calls of C and the lock of math/rand are measured in testdata/go1.26/c and
// testdata/go1.22/seeded, by the same command in those directories.

type order struct {
	ID     int64   `json:"id"`
	Symbol string  `json:"symbol"`
	Price  float64 `json:"price"`
}

var (
	one     = order{ID: 4711, Symbol: "ACME", Price: 99.5}
	text    = []byte(`{"id":4711,"symbol":"ACME","price":99.5}`)
	buf     = make([]byte, 0, 256)
	now     = time.Date(2026, 3, 1, 12, 30, 15, 123456789, time.UTC)
	method  = reflect.ValueOf(&one).MethodByName("Total")
	handled = slog.New(slog.NewTextHandler(nowhere{}, nil))
	sink    any
	length  int
)

// nowhere is not io.Discard, for which package log does nothing.
type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }

// Total is called by reflection.
func (o *order) Total() float64 { return o.Price }

func appended() []byte {
	b := append(buf[:0], `{"id":`...)
	b = strconv.AppendInt(b, one.ID, 10)
	b = append(b, `,"symbol":`...)
	b = strconv.AppendQuote(b, one.Symbol)
	b = append(b, `,"price":`...)
	b = strconv.AppendFloat(b, one.Price, 'f', -1, 64)
	return append(b, '}')
}

func BenchmarkCall(b *testing.B) {
	file, err := os.Create(b.TempDir() + "/log")
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	toNowhere := log.New(nowhere{}, "", log.LstdFlags)
	toFile := log.New(file, "", log.LstdFlags)
	other := one
	for _, bb := range []struct {
		name string
		f    func()
	}{
		{"fmt/Sprintf", func() { length = len(fmt.Sprintf("%s=%d", one.Symbol, one.ID)) }},
		{"fmt/Appendf", func() { length = len(fmt.Appendf(buf[:0], "%s=%d", one.Symbol, one.ID)) }},
		{"fmt/strconv", func() {
			length = len(strconv.AppendInt(append(append(buf[:0], one.Symbol...), '='), one.ID, 10))
		}},
		{"fmt/Sscanf", func() { var n int; fmt.Sscanf("4711", "%d", &n); length = n }},
		{"fmt/Atoi", func() { length, _ = strconv.Atoi("4711") }},
		{"json/Marshal", func() { out, _ := json.Marshal(&one); length = len(out) }},
		{"json/append", func() { length = len(appended()) }},
		{"json/Unmarshal", func() { var o order; json.Unmarshal(text, &o); length = int(o.ID) }},
		{"regexp/MustCompile", func() { sink = regexp.MustCompile(`^([a-z]+)-(\d+)$`) }},
		{"regexp/MatchString", func() { compiled.MatchString("acme-4711") }},
		{"reflect/DeepEqual", func() { reflect.DeepEqual(&one, &other) }},
		{"reflect/equal", func() { sink = one == other }},
		{"reflect/FieldByName", func() { length = reflect.ValueOf(&one).Elem().FieldByName("Symbol").Len() }},
		{"reflect/Call", func() { length = len(method.Call(nil)) }},
		{"log/nowhere", func() { toNowhere.Printf("order %d", one.ID) }},
		{"log/file", func() { toFile.Printf("order %d", one.ID) }},
		{"slog/nowhere", func() { handled.Info("order", "id", one.ID) }},
		{"slog/off", func() { handled.Debug("order", "id", one.ID) }},
		{"env/Getenv", func() { length = len(os.Getenv("PATH")) }},
		{"time/Format", func() { length = len(now.Format(time.RFC3339Nano)) }},
		{"time/AppendFormat", func() { length = len(now.AppendFormat(buf[:0], time.RFC3339Nano)) }},
		{"time/Parse", func() { t, _ := time.Parse(time.RFC1123, "Sun, 01 Mar 2026 12:30:15 UTC"); length = t.Second() }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.f()
			}
		})
	}
}

var compiled = regexp.MustCompile(`^([a-z]+)-(\d+)$`)
