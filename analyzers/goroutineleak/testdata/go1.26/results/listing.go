package results

import (
	"context"
	"sync"
)

type listing struct {
	disks  []*disk
	hidden bool
}

type disk struct {
	read func(ctx context.Context) ([]string, error)
}

// What is merged goes through a filter, which ends with the context: the room of its
// channel is soon full.
func (l *listing) merged(ctx context.Context, results chan<- string) error {
	listCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	var inputs []chan string
	for _, d := range l.disks {
		in := make(chan string, 100)
		inputs = append(inputs, in)
		go d.list(listCtx, in)
	}
	if l.hidden {
		filtered := make(chan string, 10)
		go filter(ctx, filtered, results)
		results = filtered
	}
	return joined(ctx, inputs, results)
}

func joined(ctx context.Context, in []chan string, out chan<- string) error {
	defer close(out)
	done := ctx.Done()
	if len(in) == 1 {
		for {
			select {
			case <-done:
				return ctx.Err()
			case v, ok := <-in[0]:
				if !ok {
					return nil
				}
				select {
				case <-done:
					return ctx.Err()
				case out <- v:
				}
			}
		}
	}
	last := ""
	for i := 0; ; i++ {
		v, ok := next(done, in[i%len(in)])
		if !ok {
			return ctx.Err()
		}
		if v > last {
			out <- v // want `suspected: the goroutine that comes here may never end: it sends to out, and it has no way out, as the same send has elsewhere`
			last = v
		}
	}
}

func next(done <-chan struct{}, in <-chan string) (string, bool) {
	select {
	case <-done:
		return "", false
	case v, ok := <-in:
		return v, ok
	}
}

func filter(ctx context.Context, in <-chan string, out chan<- string) {
	defer close(out)
	for {
		select {
		case <-ctx.Done():
			return
		case v, ok := <-in:
			if !ok {
				return
			}
			select {
			case <-ctx.Done():
				return
			case out <- v:
			}
		}
	}
}

func (d *disk) list(ctx context.Context, out chan<- string) error {
	defer close(out)
	names, err := d.read(ctx)
	if err != nil {
		return err
	}
	for _, n := range names {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case out <- n:
		}
	}
	return nil
}

func (l *listing) list(ctx context.Context, limit int) []string {
	found := make(chan string, limit)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		l.merged(ctx, found)
	}()
	var names []string
	for n := range found {
		if len(names) < limit {
			names = append(names, n)
		}
	}
	wg.Wait()
	return names
}

// The one value that is sent without a way out has room.
func trapRoom(ctx context.Context, events chan<- string) {
	out := make(chan string, 1)
	go announce(ctx, out)
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-out:
			events <- e
		}
	}
}

func announce(ctx context.Context, out chan<- string) {
	out <- "begin"
	for i := range 10 {
		select {
		case <-ctx.Done():
			return
		case out <- string(rune('a' + i)):
		}
	}
}

// Whoever receives does so to the end, however the sender is told to stop.
func trapDrained(ctx context.Context, in []string) (n int) {
	out := make(chan string, 10)
	go relay(ctx, in, out)
	for range out {
		n++
	}
	return n
}

func relay(ctx context.Context, in []string, out chan<- string) {
	defer close(out)
	for _, s := range in {
		if s == "" {
			select {
			case <-ctx.Done():
				return
			case out <- s:
			}
			continue
		}
		out <- s
	}
}
