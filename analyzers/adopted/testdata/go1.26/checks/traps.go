package checks

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"example.com/adopted/protoimpl"
)

type message struct {
	state protoimpl.MessageState
	name  string
}

func named(m message) string { // want `^copylocks suspected: named passes lock by value: .*protoimpl.MessageState`
	return m.name
}

func (s *server) cancels(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return s.work(ctx)
}

func (s *server) byPointer() *server {
	t := &server{names: s.names}
	return t
}

func (s *server) addsBefore(jobs []func()) {
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			job()
		}()
	}
	wg.Wait()
}

func (s *server) countsOn() uint64 {
	n := atomic.AddUint64(&s.n, 1)
	return n
}

func (s *server) critical() {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
}

func (s *server) unlocks() {
	s.state.RLock()
	defer s.state.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
}

func (s *server) waits(ready func() bool) {
	for !ready() {
	}
}

func reopen(name string) (*server, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	s := &server{file: f}
	runtime.SetFinalizer(s, func(s *server) { s.file.Close() })
	return s, nil
}

func (s *server) looksUpAndKeeps(key []byte) string {
	k := string(key)
	if s.names[k] > 0 {
		return k
	}
	return ""
}

func (s *server) putsPointer(buf *[]byte) {
	s.pool.Put(buf)
}

var digits = regexp.MustCompile(`^\d+$`)

func (s *server) matchesCompiled(lines []string) (n int) {
	for _, line := range lines {
		if digits.MatchString(line) {
			n++
		}
	}
	if ok, _ := regexp.MatchString(`^x`, lines[0]); ok {
		n++
	}
	return n
}

func (s *server) returns() error {
	return errors.New("used")
}

func (s *server) fetchesChecked(url string) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return nil
}

func (s *server) watchesBuffered() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	<-c
}

func (s *server) observesDeferred(f func(time.Duration)) {
	start := time.Now()
	defer func() { f(time.Since(start)) }()
	s.n++
}
