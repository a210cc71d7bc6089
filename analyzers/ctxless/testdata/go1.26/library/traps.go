package library

import (
	"context"
	"time"

	"example.org/queue"
)

// Whether it waits is not known: only suspected.
func eval(ctx context.Context, c *queue.Client) error {
	return c.Eval("1 + 1") // want `^suspected: \(\*queue\.Client\)\.Eval ignores`
}

// It fails at nothing, so it waits for nothing: the context is for trace ids.
func log(ctx context.Context, c *queue.Client) { c.Log("hello") }

// The form that takes a context ignores it.
func usage(ctx context.Context) (int, error) { return queue.Usage("/") }

// What is only made waits for nobody yet.
func job(ctx context.Context) (*queue.Client, error) { return queue.NewJob("orders") }

// A function of another shape is another function.
func peek(ctx context.Context, c *queue.Client) error { return c.Peek("orders") }

// No context in scope: nothing to pass on.
func quiet(c *queue.Client) error { return c.Publish("orders", nil) }

// A context is passed already.
func passed(ctx context.Context, c *queue.Client) error {
	return c.PublishContext(ctx, "orders", nil)
}

// Nor is it of its callers.
func (w *worker) check() error { return w.c.Eval("2 * 2") }

func checked(ctx context.Context, w *worker) error { return w.check() }

// The form that takes a context hands it on to who looks at its values only.
func memory(ctx context.Context) (int, error) { return queue.Memory(1) }

// What it starts nobody waits for: only suspected.
func warm(ctx context.Context, c *queue.Client) error {
	return c.Warm("orders") // want `^suspected: \(\*queue\.Client\)\.Warm ignores`
}

// It waits for this process, not for another: whether it does I/O is not known.
func shutdown(ctx context.Context, c *queue.Client) error {
	return c.Shutdown() // want `^suspected: \(\*queue\.Client\)\.Shutdown ignores`
}

type mapperKey struct{}

// The mapper comes with the context, and none of its calls can be given one.
func pulled(ctx context.Context, id int64) error {
	m, ok := ctx.Value(mapperKey{}).(queue.Mapper)
	if !ok {
		return nil
	}
	_, err := m.Raw("UPDATE artifact SET pulled = now() WHERE id = ?", id).Exec()
	return err
}

// Nor through a function of ours.
type transaction struct{ queue.Mapper }

func (t *transaction) savepoint() error {
	_, err := t.Raw("SAVEPOINT s").Exec()
	return err
}

func begin(ctx context.Context, t *transaction) error { return t.savepoint() }

// The interface has no form with a context, what is behind it may have one: only suspected.
func execute(ctx context.Context, e queue.Execer) error {
	_, err := e.Exec("DELETE FROM sessions") // want `^suspected: queue\.Execer\.Exec ignores`
	return err
}

// A goroutine beside it closes it once the context is done.
func subscribe(ctx context.Context, s *queue.Subscription, logf func(error)) {
	go func() {
		<-ctx.Done()
		if err := s.Close(); err != nil {
			logf(err)
		}
	}()
	go func() {
		for {
			err := s.Run()
			logf(err)
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return
			}
		}
	}()
}

// Or does so unless it is done before.
func subscribeOnce(ctx context.Context, s *queue.Subscription) error {
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-ctx.Done():
			s.Close()
		case <-done:
		}
	}()
	return s.Run()
}

// Or the context has it closed.
func subscribeAfter(ctx context.Context, s *queue.Subscription) error {
	defer context.AfterFunc(ctx, func() { s.Close() })()
	return s.Run()
}
