// Package traps makes contexts from nothing with good reason.
package traps

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"example.org/redis"
)

type server struct {
	db    *sql.DB
	cache *redis.Client
	http  *http.Server
	log   *slog.Logger
	ctx   context.Context
	jobs  chan string
	quit  func()
}

// What must go on when the caller has gone says so.
func (s *server) audit(ctx context.Context, q string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_, err := s.db.ExecContext(ctx, q)
	return err
}

// A goroutine that nobody waits for has a timeout of its own.
func (s *server) later(w http.ResponseWriter, r *http.Request) {
	q := r.FormValue("q")
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.db.ExecContext(ctx, q)
	}()
}

// The same made before it starts.
func (s *server) handOff(ctx context.Context, q string) {
	bg, cancel := context.WithTimeout(context.Background(), time.Second)
	go func() {
		defer cancel()
		s.db.ExecContext(bg, q)
	}()
}

// Clean-up in a defer must run even if the request was given up.
func (s *server) leased(ctx context.Context, key string) error {
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.db.ExecContext(ctx, "DELETE FROM leases WHERE key = ?", key)
	}()
	_, err := s.db.ExecContext(ctx, "INSERT INTO leases VALUES (?)", key)
	return err
}

// The end of a run is told when its context is over.
func (s *server) Run(ctx context.Context) error {
	for {
		select {
		case q := <-s.jobs:
			if _, err := s.db.ExecContext(ctx, q); err != nil {
				return err
			}
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			_, err := s.db.ExecContext(end, "UPDATE runs SET done = 1")
			return err
		}
	}
}

// Shutdown paths have a time of their own.
func (s *server) Shutdown(ctx context.Context) error {
	own, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := s.db.ExecContext(own, "DELETE FROM nodes"); err != nil {
		return err
	}
	return s.http.Shutdown(own)
}

// Who gives none gets one.
func (s *server) get(ctx context.Context, key string) (string, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	return s.cache.Get(ctx, key).Result()
}

// The context of the request, if there is one.
func (s *server) prepare(r *http.Request, q string) error {
	ctx := context.Background()
	if r != nil {
		ctx = r.Context()
	}
	_, err := s.db.ExecContext(ctx, q)
	return err
}

// A watcher lives longer than the request that asks for it first.
type watcher struct{ events chan string }

func newWatcher(ctx context.Context, db *sql.DB) (*watcher, error) {
	w := &watcher{make(chan string)}
	go w.loop(ctx)
	return w, db.PingContext(ctx)
}

func (w *watcher) loop(ctx context.Context) {
	<-ctx.Done()
	close(w.events)
}

func (s *server) watch(ctx context.Context) (*watcher, error) {
	return newWatcher(context.Background(), s.db)
}

// A session keeps its context for what it will do.
type session struct {
	ctx context.Context
	db  *sql.DB
}

func newSession(ctx context.Context, db *sql.DB) (*session, error) {
	s := &session{ctx: ctx, db: db}
	return s, db.PingContext(ctx)
}

func (s *server) login(w http.ResponseWriter, r *http.Request) (*session, error) {
	return newSession(context.Background(), s.db)
}

// A subscription goes on.
func (s *server) listen(ctx context.Context) error {
	sub, err := s.cache.Subscribe(context.Background(), "orders")
	if err != nil {
		return err
	}
	s.quit = sub.Stop
	return nil
}

// Loggers and the like want a context for its values.
func (s *server) logs(ctx context.Context, key string) {
	s.log.Log(context.Background(), slog.LevelInfo, key)
	redis.Tag(context.Background(), key)
	sum(context.Background(), nil)
}

func sum(ctx context.Context, list []int) (n int, err error) {
	for _, i := range list {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		n += i
	}
	return n, nil
}

// A request that is not sent from here is nobody's wait.
func (s *server) record(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(w, r.Clone(context.Background()))
}

// The request is given its context when it is sent.
func (s *server) late(ctx context.Context, u string) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req.WithContext(ctx))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// The program begins here: there is no caller.
func (s *server) main() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	_, err := s.db.ExecContext(ctx, "SELECT 1")
	return err
}

// Callbacks may run when the request is over.
func (s *server) schedule(ctx context.Context, q string) {
	time.AfterFunc(time.Minute, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.db.ExecContext(ctx, q)
	})
}

// An option that is only a default.
type options struct{ ctx context.Context }

func (s *server) configure(ctx context.Context) options {
	return options{ctx: context.Background()}
}

// A variable that is replaced by the right one before it is used.
func (s *server) replaced(r *http.Request, q string) error {
	ctx := context.Background()
	ctx = r.Context()
	_, err := s.db.ExecContext(ctx, q)
	return err
}

// The type in sight behind the interface looks into a map.
type index interface {
	Find(ctx context.Context, key string) (string, error)
}

type memory map[string]string

func (m memory) Find(ctx context.Context, key string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return m[key], nil
}

func (s *server) find(w http.ResponseWriter, r *http.Request, in index) {
	v, _ := in.Find(context.Background(), r.FormValue("key"))
	w.Write([]byte(v))
}

// A service goes on with the context that it is started with.
type service struct {
	ctx  context.Context
	up   chan struct{}
	stop context.CancelFunc
}

func (s *service) StartAsync(ctx context.Context) error {
	s.ctx, s.stop = context.WithCancel(ctx)
	go s.main()
	return nil
}

func (s *service) main() { close(s.up) }

func awaitRunning(ctx context.Context, s *service) error {
	if err := s.StartAsync(ctx); err != nil {
		return err
	}
	select {
	case <-s.up:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *server) starting(ctx context.Context, sub *service) error {
	return awaitRunning(context.Background(), sub)
}
