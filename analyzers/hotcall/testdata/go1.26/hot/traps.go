package hot

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"sync"
	"time"
)

// Nothing says that this is hot.
func cold(o *order) string { return fmt.Sprint(o.ID) }

// Errors are not the ordinary path.
//
//lagvet:hot
func (e *engine) check(o *order) error {
	if o.ID < 0 {
		return fmt.Errorf("order %d", o.ID)
	}
	if o.Symbol == "" {
		b, _ := json.Marshal(o)
		return errors.New(string(b))
	}
	if err := e.verify(o); err != nil {
		e.log.Printf("order %d: %v", o.ID, err)
		e.keys["failed"]++
	}
	return nil
}

func (e *engine) verify(o *order) error {
	if o.At.IsZero() {
		return errors.New("no time")
	}
	return nil
}

// Nor is a panic.
//
//lagvet:hot
func (e *engine) must(o *order) int {
	n, ok := e.keys[o.Symbol]
	if !ok {
		panic(fmt.Sprintf("no symbol %s", o.Symbol))
	}
	return n
}

// A function that only panics was called on a cold branch.
//
//lagvet:hot
func (e *engine) mustHave(o *order) int {
	n, ok := e.keys[o.Symbol]
	if !ok {
		fail(o)
	}
	return n
}

//lagvet:hot
func fail(o *order) {
	panic(fmt.Sprintf("no symbol %s", o.Symbol))
}

// An error made at the end of what mostly returns before.
//
//lagvet:hot
func find(os []order, id int64) (*order, error) {
	for i := range os {
		if os[i].ID == id {
			return &os[i], nil
		}
	}
	err := fmt.Errorf("no order %d", id)
	return &order{}, err
}

var debug bool

// SetDebug turns the flag on.
func SetDebug() { debug = true }

// Behind a flag that is off in production.
//
//lagvet:hot
func (e *engine) traced(o *order) {
	if debug {
		e.log.Printf("order %d", o.ID) // want `^suspected: .* but it reports an event$`
	}
	if debug && o.ID > 0 {
		e.keys[fmt.Sprint(o.ID)]++
	}
	e.keys[o.Symbol]++
}

type level int

const (
	levelInfo level = iota
	levelDebug
)

// Behind the level.
//
//lagvet:hot
func (e *engine) atLevel(l level, o *order) {
	if l >= levelDebug {
		e.keys[fmt.Sprint(o.ID)]++
	}
	if l >= levelInfo && o.ID > 0 {
		b, _ := json.Marshal(o) // want `^likely: json.Marshal`
		e.buf.Write(b)
	}
	e.keys[o.Symbol]++
}

// Behind the level, as slog has it.
//
//lagvet:hot
func (e *engine) leveled(ctx context.Context, l *slog.Logger, o *order) {
	if l.Enabled(ctx, slog.LevelDebug) {
		l.LogAttrs(ctx, slog.LevelDebug, "order", slog.Int64("id", o.ID)) // want `^suspected: .* but it reports an event$`
	}
	l.Debug("order", "id", o.ID) // want `^suspected: \(\*slog.Logger\).Debug formats`
	e.keys[o.Symbol]++
}

// The helper is called behind the flag.
//
//lagvet:hot
func (e *engine) helped(o *order) {
	if debug {
		e.dump(o)
	}
	e.keys[o.Symbol]++
}

func (e *engine) dump(o *order) {
	e.keys[fmt.Sprintf("%v", *o)]++
}

// In the first call only.
//
//lagvet:hot
func (e *engine) lazily(s string) bool {
	if e.pattern() == nil {
		return false
	}
	return pattern.MatchString(s)
}

var pattern *regexp.Regexp

func (e *engine) pattern() *regexp.Regexp {
	if pattern == nil {
		pattern = regexp.MustCompile(`^[a-z]+$`) // want `^suspected: .* but it is made only while there is none$`
	}
	return pattern
}

var once sync.Once

//lagvet:hot
func (e *engine) firstTime() {
	once.Do(func() {
		e.keys[os.Getenv("ZONE")] = 1 // want `^suspected: .* but it runs once$`
	})
}

// A message in one branch tells of something that is not usual.
//
//lagvet:hot
func (e *engine) refuses(o *order) string {
	if o.ID > 1<<40 {
		return fmt.Sprintf("order %d is too large", o.ID) // want `^suspected: .* but it makes a message in one branch$`
	}
	return ""
}

// What appends does not format.
//
//lagvet:hot
func (e *engine) appends(b []byte, o *order) []byte {
	return o.At.AppendFormat(strconv.AppendInt(b, o.ID, 10), time.RFC3339)
}

// Numbers and slices of them are known by their types.
//
//lagvet:hot
func number(buf *bytes.Buffer, n uint32) error {
	return binary.Write(buf, binary.BigEndian, n)
}

// What was compiled before only matches.
//
//lagvet:hot
func compiled(s string) bool { return word.MatchString(s) }

var word = regexp.MustCompile(`^[a-z]+$`)

// A goroutine of its own pays for it.
//
//lagvet:hot
func (e *engine) later(o *order) {
	go fmt.Sprint(o.ID)
	go func() { e.keys[fmt.Sprint(o.ID)]++ }()
}

// To sort by reflection is no codec, and the swapper is made once.
//
//lagvet:hot
func sorted(os []order) {
	sort.Slice(os, func(i, j int) bool { return os[i].ID < os[j].ID })
}

// errors.As looks at types, and that is all.
//
//lagvet:hot
func isPath(err error) bool {
	var p *os.PathError
	return errors.As(err, &p)
}

// What asks for the type alone is only suspected.
//
//lagvet:hot
func isPointer(v any) bool {
	return reflect.ValueOf(v).Kind() == reflect.Pointer // want `^suspected: reflect.ValueOf works by reflection.* ← calls reflect.ValueOf ← calls \(reflect.Value\).Kind$`
}

// A type is no reflection yet.
//
//lagvet:hot
func typeName(v any) reflect.Type { return reflect.TypeOf(v) }

// hotblock says that this waits for the network or a file system.
//
//lagvet:hot
func prints(o *order) {
	fmt.Println(o.ID)
}

// Under a nonblocking contract hotblock speaks of locks too.
//
//lagvet:nonblocking
func (e *engine) quickLog(o *order) string {
	log.Print("order")
	return os.Getenv("ZONE")
}

// And of what is called for it.
//
//lagvet:nonblocking
func (e *engine) quickHelped() string { return helper() }

func helper() string { return os.Getenv("ZONE") }

// What is done in one branch only may be seldom done, and nothing here tells.
//
//lagvet:hot
func (e *engine) refused(o *order) {
	if o.ID < 0 {
		e.violation(o)
		return
	}
	e.warnf("order %d", o.ID)
	e.keys[(&failure{o.ID}).Error()]++
}

// It is called in one branch.
func (e *engine) violation(o *order) {
	e.keys[fmt.Sprintf("order %d refused", o.ID)]++ // want `^suspected: .* but it is called in one branch only, on the way here$`
	b, _ := json.Marshal(o)                         // want `^suspected: json.Marshal.* but it is called in one branch only, on the way here$`
	e.buf.Write(b)
	regexp.MustCompile(o.Symbol).MatchString("") // want `^likely: regexp.MustCompile`
}

func (e *engine) warnf(format string, args ...any) {
	e.keys[fmt.Sprintf(format, args...)]++ // want `^suspected: .* but it is made for what reports an event$`
}

//lagvet:hot
func newOrderError(id int64) *failure {
	return &failure{int64(len(fmt.Sprint(id)))} // want `^suspected: .* but it is made for what reports an event$`
}

type failure struct{ id int64 }

func (f *failure) Error() string {
	return fmt.Sprintf("order %d", f.id) // want `^suspected: .* but it is made for what reports an event$`
}
