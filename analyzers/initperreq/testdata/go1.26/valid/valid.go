// Package valid checks names, for other packages.
package valid

import (
	"crypto/tls"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"text/template"
)

// IsName compiles its pattern whenever it is called.
func IsName(s string) bool { return regexp.MustCompile(`^[a-z]+$`).MatchString(s) }

// IsWord compiles its pattern whenever it is called.
func IsWord(s string) bool { return regexp.MustCompile(`^\w+$`).MatchString(s) }

// Matches is given the pattern.
func Matches(pattern, s string) bool { return compile(pattern).MatchString(s) }

func compile(pattern string) *regexp.Regexp { return regexp.MustCompile("^" + pattern + "$") }

// NewClient returns a client that has its own connections.
func NewClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConns: 10}}
}

// A Checker keeps what it compiles.
type Checker struct{ re *regexp.Regexp }

// NewChecker returns one.
func NewChecker() *Checker { return &Checker{re: regexp.MustCompile(`^[0-9]+$`)} }

// Is uses it.
func (c *Checker) Is(s string) bool { return c.re.MatchString(s) }

// Sometimes compiles it in one case only.
func Sometimes(s string) bool {
	if strings.HasPrefix(s, "x") {
		return regexp.MustCompile(`^x+$`).MatchString(s)
	}
	return false
}

var once = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`a`) })

// Once compiles it once.
func Once(s string) bool { return once().MatchString(s) }

var cache = map[string]*regexp.Regexp{}

// Cached compiles each pattern once.
func Cached(pattern, s string) bool {
	re, ok := cache[pattern]
	if !ok {
		re = regexp.MustCompile(pattern)
		cache[pattern] = re
	}
	return re.MatchString(s)
}

// Render parses a text that it is given.
func Render(text string, w *strings.Builder) error {
	t, err := template.New("page").Parse(text)
	if err != nil {
		return err
	}
	return t.Execute(w, nil)
}

// Config depends on the names of files.
func Config(cert, key string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

// Settings are those of a transport.
type Settings struct{ Idle int }

// NewTransport returns a transport that has them.
func (s Settings) NewTransport() *http.Transport {
	tr := &http.Transport{}
	tr.MaxIdleConns = s.Idle
	return tr
}

// NewTransport returns a transport of its own for each caller.
func NewTransport() http.RoundTripper { return Settings{Idle: 10}.NewTransport() }
