package claims

import (
	"context"
	"time"
	"unsafe"
)

func channelClaims() []Claim {
	return []Claim{{
		ID:        "channel.pointer",
		Technique: "pointers through channels instead of copies",
		Says:      "P99 fell from 42.6 to 18.3 ms, and what was moved from 112 to 24 MB/s",
		Holds:     []Condition{faster("pointer used again, 1 KiB", "value, 1 KiB", "p99-ns/op", 18.3/42.6)},
		Why:       "a value is copied into the channel's buffer and out of it, or from one stack to the other; a pointer is one word, but what it points to is on the heap",
		Do:        "send pointers to what is large and lives long anyway, and have one side own it at a time; what is small goes faster as a value, and leaves no garbage",
		Effect:    apart,
		bench:     benchChannel,
	}}
}

// A message has the time when it was sent.
type message[B any] struct {
	sent time.Time
	body B
}

// The sizes of messages, in bytes; a channel takes elements of less than 64 KiB.
type (
	small  [64]byte
	middle [1 << 10]byte
	large  [16 << 10]byte
)

// inFlight is the room in a channel.
const inFlight = 16

func benchChannel(ctx context.Context, r *run) error {
	var arms []arm
	arms = append(arms, channelArms[small]("64 B")...)
	arms = append(arms, channelArms[middle]("1 KiB")...)
	arms = append(arms, channelArms[large]("16 KiB")...)
	r.note("one goroutine sends, one receives, with room for %d; each reads and writes a byte of each cache line of what it hands over", inFlight)
	return r.interleave(ctx, arms...)
}

// channelArms returns the ways to hand over messages with a body B.
func channelArms[B any](size string) []arm {
	return []arm{
		{"value, " + size, byValue[B]},
		{"pointer used again, " + size, byPointer[B](true)},
		{"new pointer, " + size, byPointer[B](false)},
	}
}

// byValue hands over copies.
func byValue[B any](ctx context.Context, d time.Duration) (sample, error) {
	c := make(chan message[B], inFlight)
	go func() {
		defer close(c)
		var m message[B]
		for until := newDeadline(ctx, d); !until.over(); {
			touch(&m.body)
			m.sent = time.Now()
			c <- m
		}
	}()
	return received(func(times recorder) (ops int64) {
		for m := range c {
			touch(&m.body)
			times.record(time.Since(m.sent))
			ops++
		}
		return ops
	}), nil
}

// byPointer hands over pointers, and takes them back if they are used again.
func byPointer[B any](again bool) func(context.Context, time.Duration) (sample, error) {
	return func(ctx context.Context, d time.Duration) (sample, error) {
		c, back := make(chan *message[B], inFlight), make(chan *message[B], 2*inFlight)
		go func() {
			defer close(c)
			for until := newDeadline(ctx, d); !until.over(); {
				m := next(back, again)
				touch(&m.body)
				m.sent = time.Now()
				c <- m
			}
		}()
		return received(func(times recorder) (ops int64) {
			for m := range c {
				touch(&m.body)
				times.record(time.Since(m.sent))
				ops++
				if again {
					back <- m // never more than there is room for: inFlight, and one on each side
				}
			}
			return ops
		}), nil
	}
}

// next returns a message that came back, if there is one and it may be used again.
func next[B any](back chan *message[B], again bool) *message[B] {
	if again {
		select {
		case m := <-back:
			return m
		default:
		}
	}
	return new(message[B])
}

// received runs what receives, and returns the arm's sample, with what was allocated
// meanwhile.
func received(receive func(recorder) int64) sample {
	times := newRecorder()
	before := allocated()
	start := time.Now()
	ops := receive(times)
	took := time.Since(start)
	s := sample{ops, []reading{{"ns/op", nanoseconds(took) / float64(ops)}}}
	s.readings = append(s.readings, times.readings()...)
	s.readings = append(s.readings, before.since(ops)...)
	return s
}

// touch reads and writes a byte of each cache line of v, as whoever fills and uses a
// message does.
func touch[B any](v *B) {
	const line = 64
	size := unsafe.Sizeof(*v)
	for at := uintptr(0); at < size; at += line {
		*(*byte)(unsafe.Add(unsafe.Pointer(v), at))++
	}
}
