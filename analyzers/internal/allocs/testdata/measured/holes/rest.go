package holes

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

//lagvet:hot
func BoxConst() { sink = 1000 }

//lagvet:hot
func BoxSmall() { sink = small }

//lagvet:hot
func BoxBig() { sink = big }

//lagvet:hot
func BoxByte() { sink = data[0] }

//lagvet:hot
func BoxBool() { sink = small > big }

//lagvet:hot
func BoxPointer() { sink = &table }

//lagvet:hot
func BoxMap() { sink = table }

//lagvet:hot
func BoxStays() {
	var v any = big
	if n, ok := v.(int); ok {
		count = n
	}
}

//lagvet:hot
func BoxInterface() {
	var s fmt.Stringer = since
	sink = s
}

//lagvet:hot
func BoxEmptyString() { sink = none }

//lagvet:hot
func BoxZero() { sink = zero }

//lagvet:hot
func ClosureLoop() {
	for i := range 10 {
		calls[i] = func() { count += i }
	}
}

//lagvet:hot
func ClosureLoopStays() {
	for i := range 10 {
		f := func() { count += i }
		f()
	}
}

//lagvet:hot
func MethodValueLoop() {
	for range 10 {
		calls[0] = wait.Wait
	}
}

//lagvet:hot
func GoPlain() {
	wait.Add(1)
	go finish()
	wait.Wait()
}

//lagvet:hot
func GoArgs() {
	wait.Add(1)
	go finished(small)
	wait.Wait()
}

//lagvet:hot
func GoMethod() {
	wait.Add(1)
	go wait.Done()
	wait.Wait()
}

//lagvet:hot
func GoClosure() {
	n := small
	wait.Add(1)
	go func() {
		finished(n)
	}()
	wait.Wait()
}

func finish() { wait.Done() }

func finished(n int) {
	count = n
	wait.Done()
}

//lagvet:hot
func DeferPlain() {
	mu.Lock()
	defer mu.Unlock()
	count++
}

//lagvet:hot
func DeferLoop() {
	for range 10 {
		defer finishedNothing(small)
	}
}

//lagvet:hot
func DeferNine() {
	defer finishedNothing(1)
	defer finishedNothing(2)
	defer finishedNothing(3)
	defer finishedNothing(4)
	defer finishedNothing(5)
	defer finishedNothing(6)
	defer finishedNothing(7)
	defer finishedNothing(8)
	defer finishedNothing(9)
}

//go:noinline
func finishedNothing(n int) { count = n }

//lagvet:hot
func VariadicStays() { count = sum(1, 2, big) }

//go:noinline
func sum(ns ...int) (total int) {
	for _, n := range ns {
		total += n
	}
	return total
}

//lagvet:hot
func RangeFunc() {
	for i := range upTo(10) {
		count += i
	}
}

func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

//lagvet:hot
func Recovered() {
	defer func() {
		if recover() != nil {
			count++
		}
	}()
	count++
}

//lagvet:hot
func AssertSwitch() {
	switch v := held.(type) {
	case int:
		count = v
	case string:
		count = len(v)
	}
}

//lagvet:hot
func StructCompare() {
	if (key{word, big}) == (key{short, small}) {
		count++
	}
}

//lagvet:hot
func AtomicAdd() { counter.Add(1) }

//lagvet:hot
func TimeSince() { since = time.Since(start) }

//lagvet:hot
func StrconvAppend() { room = strconv.AppendInt(room[:0], int64(big), 10) }

//lagvet:hot
func StrconvItoa() { text = strconv.Itoa(big) }

//lagvet:hot
func StrconvParse() { count, _ = strconv.Atoi(digits) }

//lagvet:hot
func BufferReuse() {
	buffer.Reset()
	buffer.WriteString(word)
}

//lagvet:hot
func BufferNew() {
	var b bytes.Buffer
	b.WriteString(word)
	count = b.Len()
}

//lagvet:hot
func BuilderNew() {
	var b strings.Builder
	b.WriteString(word)
	b.WriteString(word)
	text = b.String()
}

//lagvet:hot
func PoolGet() {
	b := pool.Get().(*bytes.Buffer)
	b.Reset()
	pool.Put(b)
}

//lagvet:hot
func StringsRepeat() { text = strings.Repeat(word, 2) }

//lagvet:hot
func StringsIndex() { count = strings.Index(word, short) }

//lagvet:hot
func StringsSplit() { count = len(strings.Split(word, "o")) }

//lagvet:hot
func Sprintf() { text = fmt.Sprintf("%d %s", big, word) }

//lagvet:hot
func Sorted() { sort.Ints(ints) }

//lagvet:hot
func OwnCall() { count = len(copied(data)) }

//go:noinline
func copied(b []byte) []byte { return append([]byte(nil), b...) }

//lagvet:hot
func OwnCallFree() { use(word) }

//lagvet:hot
func InlinedChan() { count = cap(queue()) }

func queue() chan int { return make(chan int, 4) }

//lagvet:hot
func InterfaceCall() { count, _ = writer.Write(data) }

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

type holder struct {
	mu sync.Mutex
	by map[string][]int
	n  atomic.Int64
}

//lagvet:hot
func HolderAdd() {
	h := &held2
	h.mu.Lock()
	defer h.mu.Unlock()
	h.by[word] = append(h.by[word][:0], small)
	h.n.Add(1)
}

//lagvet:hot
func DeferLoopPlain() {
	for range 10 {
		defer finishedPlain()
	}
}

//go:noinline
func finishedPlain() { count = 1 }

//lagvet:hot
func DeferNineArgs() {
	defer finishedNothing(big)
	defer finishedNothing(big)
	defer finishedNothing(big)
	defer finishedNothing(big)
	defer finishedNothing(big)
	defer finishedNothing(big)
	defer finishedNothing(big)
	defer finishedNothing(big)
	defer finishedNothing(big)
}
