// Package direct loses the context where it waits.
package direct

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"example.org/redis"
	"google.golang.org/grpc"
)

type row struct{ name string }

// stock is a gRPC client as it is generated.
type stock interface {
	Count(ctx context.Context, in *row, opts ...grpc.CallOption) (*row, error)
}

// prices is implemented below, by one that asks the network.
type prices interface {
	Price(ctx context.Context, id int) (int, error)
}

type remotePrices struct{ cache *redis.Client }

func (p *remotePrices) Price(ctx context.Context, id int) (int, error) {
	s, err := p.cache.Get(ctx, "price").Result()
	return len(s), err
}

type server struct {
	db     *sql.DB
	client *http.Client
	dialer net.Dialer
	cache  *redis.Client
	stock  stock
	prices prices
	slots  *slots
}

// slots is a semaphore of the house.
type slots struct{ free chan struct{} }

func (s *slots) acquire(ctx context.Context) error {
	select {
	case s.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slots) release() { <-s.free }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var name string
	err := s.db.QueryRowContext(context.Background(), "SELECT name FROM goods").Scan(&name) // want `^proven: context\.Background takes the place of the context in scope for \(\*sql\.DB\)\.QueryRowContext: when the caller gives up or its time is over, this goroutine goes on waiting for the database ← s\.db\.QueryRowContext waits for the database$`
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write([]byte(name))
}

// The parameter itself is replaced.
func (s *server) store(ctx context.Context, req *http.Request) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // want `^likely: context\.Background takes the place .* goes on waiting for the server until a timeout of its own ← given to req\.WithContext ← \(\*http\.Client\)\.Do waits for the server$`
	defer cancel()
	resp, err := s.client.Do(req.WithContext(ctx))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// dbContext is used all over the house.
func dbContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 3*time.Second)
}

func (s *server) orders(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := dbContext() // want `^likely: the context that dbContext makes takes the place .* until a timeout of its own ← s\.db\.QueryContext waits for the database$`
	defer cancel()
	rows, err := s.db.QueryContext(ctx, "SELECT id FROM orders")
	if err != nil {
		return
	}
	defer rows.Close()
}

type tenantKey struct{}

// withTenant carries the tenant along.
func withTenant(ctx context.Context, tenant string) context.Context {
	return context.WithValue(ctx, tenantKey{}, tenant)
}

func (s *server) count(w http.ResponseWriter, r *http.Request) {
	ctx := withTenant(context.Background(), r.Header.Get("Tenant")) // want `^proven: context\.Background takes the place .* for stock\.Count`
	n, err := s.stock.Count(ctx, &row{})
	if err == nil {
		w.Write([]byte(n.name))
	}
}

// frame is the context of a web framework.
type frame struct{ Request *http.Request }

func (s *server) price(c *frame) (int, error) {
	return s.prices.Price(context.TODO(), 7) // want `^likely: context\.TODO takes the place of the context in scope for .* ← given to s\.prices\.Price ← may be \(\*remotePrices\)\.Price ← `
}

func (s *server) cached(ctx context.Context, key string) (string, error) {
	return s.cache.Get(context.Background(), key).Result() // want `^likely: context\.Background takes the place .* for .*: when .* ← given to s\.cache\.Get`
}

func (s *server) fetch(ctx context.Context, u string) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, u, nil) // want `^likely: context\.Background takes the place .* for \(\*http\.Client\)\.Do: .* goes on waiting for the server ← given to http\.NewRequestWithContext ← \(\*http\.Client\)\.Do waits for the server$`
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (s *server) convert(ctx context.Context, name string) ([]byte, error) {
	cmd := exec.CommandContext(context.Background(), "convert", name) // want `^likely: context\.Background .* goes on waiting for the process`
	return cmd.Output()
}

// A parameter without a name can be given one.
func (s *server) dial(_ context.Context, addr string) (net.Conn, error) {
	return s.dialer.DialContext(context.Background(), "tcp", addr) // want `^likely: context\.Background .* for \(\*net\.Dialer\)\.DialContext`
}

func (s *server) limited(w http.ResponseWriter, r *http.Request) {
	if err := s.slots.acquire(context.Background()); err != nil { // want `^likely: context\.Background .* for a select: .* ← given to s\.slots\.acquire ← a select waits for a channel, until the context is done$`
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer s.slots.release()
	w.WriteHeader(http.StatusNoContent)
}

// The goroutines are waited for, so the work is the request's.
func (s *server) both(ctx context.Context, a, b string) {
	var wg sync.WaitGroup
	bg := context.Background() // want `^likely: context\.Background .* \(and one more call of this package\)$|^proven: context\.Background`
	for _, q := range []string{a, b} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.db.ExecContext(bg, q)
		}()
	}
	wg.Wait()
}

type repo[T any] struct{ db *sql.DB }

func (r *repo[T]) load(ctx context.Context, q string, dst *T) error {
	return r.db.QueryRowContext(context.TODO(), q).Scan(dst) // want `^proven: context\.TODO takes the place`
}

// mailer is implemented elsewhere. In a handler what takes a context and may fail
// is there to be waited for.
type mailer interface {
	Mail(ctx context.Context, to string) error
}

func (s *server) invite(m mailer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := m.Mail(context.Background(), r.FormValue("to")); err != nil { // want `^likely: context\.Background takes the place .* goes on waiting for what is behind it ← given to m\.Mail$`
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	}
}

// A context for the whole package.
var background = context.Background()

func (s *server) global(w http.ResponseWriter, r *http.Request) {
	s.db.PingContext(background) // want `^proven: background, which is made from nothing, takes the place of the context in scope for \(\*sql\.DB\)\.PingContext`
}

// And one for a type, which has it from its constructor.
type redisStore struct {
	ctx   context.Context
	cache *redis.Client
}

func newRedisStore(c *redis.Client) *redisStore {
	return &redisStore{ctx: context.Background(), cache: c}
}

func (s *redisStore) load(ctx context.Context, key string) (string, error) {
	return s.cache.Get(s.ctx, key).Result() // want `^likely: s\.ctx, which is made from nothing, takes the place .* \(and one more call of this package\)`
}

func (s *redisStore) exists(ctx context.Context, key string) bool {
	return s.cache.Get(s.ctx, key).Err() == nil
}

// Where no other context is in scope there is nothing to say here.
func (s *redisStore) warm(key string) error { return s.cache.Get(s.ctx, key).Err() }
