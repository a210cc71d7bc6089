// Package traps keeps wall time where that is what is meant.
package traps

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"example.com/app/clock"
)

type state struct {
	started time.Time
	begin   int64
	count   atomic.Int64
	ttl     time.Duration
	maxAge  int64
	shown   time.Time
	keyed   int64
	scanned int64
}

type record struct {
	Created time.Time `json:"created"`
	Expires int64     `json:"expires"`
	At      int64
}

type token struct{ ExpiresAt int64 }

// Intact readings.
func (s *state) run(f func()) time.Duration {
	s.started = time.Now()
	f()
	return time.Since(s.started)
}

func local(f func()) time.Duration {
	start := clock.Now()
	f()
	return time.Now().Sub(start)
}

// A certificate, a token, a file: calendar time.
func valid(cert *x509.Certificate) bool {
	now := time.Now().UTC()
	return now.After(cert.NotBefore) && now.Before(cert.NotAfter)
}

func (t *token) expired() bool { return time.Now().Unix() > t.ExpiresAt }

func stale(name string, max time.Duration) bool {
	info, err := os.Stat(name)
	return err == nil && time.Now().UTC().Sub(info.ModTime()) > max
}

// What was stored, or comes in a message.
func load(data []byte) (bool, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return false, err
	}
	return time.Now().UnixNano() > r.At || time.Since(r.Created) > time.Hour, nil
}

// What is written out.
func newRecord(ttl time.Duration) *record {
	return &record{Created: time.Now().UTC(), Expires: time.Now().Add(ttl).UnixNano()}
}

func (r *record) over() bool {
	return time.Now().UnixNano() > r.Expires || time.Since(r.Created) > time.Hour
}

// A parameter of an exported function is anybody's.
func (s *state) Older(than int64) bool { return time.Now().UnixNano()-than > s.maxAge }

// What is scanned in.
func (s *state) scan(text string) error {
	s.scanned = time.Now().UnixNano()
	_, err := fmt.Sscan(text, &s.scanned)
	return err
}

func (s *state) scannedAge() int64 { return time.Now().UnixNano() - s.scanned }

// Only shown.
func (s *state) show(f func()) {
	start := time.Now().UnixNano()
	f()
	log.Printf("took %d ns", time.Now().UnixNano()-start)
}

func (s *state) showUTC(ctx context.Context, f func()) {
	start := time.Now().UTC()
	f()
	took := time.Since(start)
	slog.InfoContext(ctx, "done", "took", took)
	fmt.Println(took)
}

// Cleaned up by what the data says.
func (s *state) expireBefore(stamps []int64) int {
	min := time.Now().UnixNano() - s.maxAge
	n := 0
	for _, at := range stamps {
		if at < min {
			n++
		}
	}
	return n
}

// On a grid, which is the calendar's.
func next(period time.Duration) time.Duration {
	return time.Until(time.Now().Truncate(period).Add(period))
}

// Round(0) says that wall time is meant.
func aligned(f func()) time.Duration {
	start := time.Now().Round(0)
	f()
	return time.Now().Round(0).Sub(start)
}

// Seeds, names, ids.
func seed() int64 { return time.Now().UnixNano() ^ int64(os.Getpid()) }

func (s *state) name() string { return fmt.Sprint("dump-", time.Now().UnixNano()) }

// No moment, but a number of something.
func (s *state) add() int64 {
	s.count.Add(1)
	return time.Now().UnixNano() - s.count.Load()
}

// An order of what is past.
type entry struct{ used int64 }

func (e *entry) use()           { e.used = time.Now().UnixNano() }
func older(a, b *entry) bool    { return a.used < b.used }
func (s *state) stamp()         { s.shown = time.Now().UTC() }
func (s *state) format() string { return s.shown.Format(time.RFC3339) }

// Midnight.
func today() time.Duration {
	now := time.Now().UTC()
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, time.UTC)
	return midnight.Sub(now)
}

// Since the process began, by an intact reading.
var base = time.Now()

func (s *state) key() { s.keyed = int64(time.Since(base)) }

func (s *state) keyAge() int64 { return int64(time.Since(base)) - s.keyed }

// The latest one is kept.
type latest struct {
	at  int64
	utc time.Time
}

func (l *latest) see() {
	if now := time.Now().UnixNano(); now > l.at {
		l.at = now
	}
	if now := time.Now().UTC(); now.After(l.utc) {
		l.utc = now
	}
}

// Numbers that grow, and look like moments.
type ids struct{ last int64 }

func (i *ids) next() int64 {
	id := time.Now().UnixNano()
	if id <= i.last {
		id = i.last + 1
	}
	i.last = id
	return id
}

// By a logger of its own.
type server struct{ next int64 }

func (s *server) Noticef(format string, args ...any) {}

func (s *server) restore(f func()) {
	start := time.Now().UTC()
	f()
	s.Noticef("restored in %v", time.Since(start))
}

// The sooner of two deadlines.
func (s *server) schedule(d time.Duration, reset func(time.Duration)) {
	next := time.Now().UnixNano() + d.Nanoseconds()
	if s.next > 0 && next > s.next {
		return
	}
	s.next = next
	reset(d)
}

// A token says when it expires, by the wall clock of who made it.
type grant struct {
	text    string
	Expires time.Time
}

type tokens struct {
	fetch   func() (grant, error)
	text    string
	refresh time.Time
}

func (t *tokens) valid() bool { return t.text != "" && t.refresh.After(time.Now().UTC()) }

func (t *tokens) renew() error {
	tok, err := t.fetch()
	if err != nil {
		return err
	}
	left := tok.Expires.Sub(time.Now())
	half := time.Now().Add(time.Until(tok.Expires.UTC()) / 2)
	if !half.After(time.Now().UTC()) || left < 0 {
		return errors.New("the token has expired")
	}
	t.text, t.refresh = tok.text, half
	return nil
}

// By way of a variable.
func (t *tokens) renewLate() {
	tok, _ := t.fetch()
	left := tok.Expires.Sub(time.Now())
	late := time.Now().Add(left - time.Minute).UTC()
	for time.Now().Before(late) {
		t.text = tok.text
	}
}

// What took long is worth a line.
func loadAll(names []string, read func(string)) {
	start := time.Now().UTC()
	for _, name := range names {
		read(name)
	}
	if took := time.Since(start); took > 5*time.Second {
		var b strings.Builder
		for _, name := range names {
			b.WriteString(fmt.Sprintf("  %s\n", name))
		}
		log.Printf("loading took %.2fs:\n%s", took.Seconds(), b.String())
	}
	begin := time.Now().UTC()
	read("last")
	if time.Since(begin) > time.Second {
		slog.Warn("the last one took long")
	}
}

// A wrapper that was to ask what it wraps, and asks itself.
type wrapper struct{ clock interface{ Stamp() int64 } }

func (w wrapper) Stamp() int64 { return w.Stamp() }

// Two that ask each other.
func (s *state) first() time.Time  { return s.second() }
func (s *state) second() time.Time { return s.first() }

func (w wrapper) old(s *state) bool {
	return time.Now().UnixNano() > w.Stamp() || time.Since(s.first()) > s.ttl
}
