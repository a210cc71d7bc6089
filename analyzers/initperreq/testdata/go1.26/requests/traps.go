package requests

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"math/rand"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"example.com/initperreq/valid"
)

// Once, for the program.
var (
	atStart  = regexp.MustCompile(`^a$`)
	first    sync.Once
	lazy     *regexp.Regexp
	onDemand = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`z`) })
	byName   = map[string]*regexp.Regexp{}
	byKey    sync.Map
)

func init() { lazy = regexp.MustCompile(`b`) }

// What comes with the request cannot be built before it.
func (s *shop) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query().Get("q")
	re, err := regexp.Compile("(?i)" + regexp.QuoteMeta(q))
	if err != nil {
		return
	}
	body, _ := io.ReadAll(r.Body)
	t, _ := template.New("page").Parse(string(body))
	t.Execute(w, re.MatchString(s.inner(q)))
	mine, _ := template.New("page").Funcs(template.FuncMap{"path": func() string { return r.URL.Path }}).Parse(`{{path}}`)
	mine.Execute(w, nil)
	at, _ := time.LoadLocation(r.FormValue("zone"))
	fmt.Fprintln(w, at, regexp.MustCompile(fmt.Sprint(rand.Int())), strings.NewReplacer("{q}", q).Replace("{q}"))
	fmt.Fprintln(w, valid.Matches(q, "x"), s.matches(q, "x"))
	for name := range r.Form {
		fmt.Fprintln(w, regexp.MustCompile(name).MatchString("x"))
	}
}

func (s *shop) inner(q string) string { return regexp.MustCompile(q).String() }

// Kept behind a check.
func (s *shop) cached(w http.ResponseWriter, r *http.Request) {
	first.Do(func() { lazy = regexp.MustCompile(`c`) })
	if s.re == nil {
		s.re = regexp.MustCompile(`d`)
	}
	re, ok := byName["e"]
	if !ok {
		re = regexp.MustCompile(`e`)
		byName["e"] = re
	}
	fmt.Fprintln(w, re.MatchString("e"), onDemand().MatchString("z"), s.load("f").MatchString("f"))
	fmt.Fprintln(w, valid.Once("a"), valid.Cached("a", "a"), valid.Sometimes("x"), atStart, checking.Is("1"))
}

func (s *shop) load(p string) *regexp.Regexp {
	if v, ok := byKey.Load(p); ok {
		return v.(*regexp.Regexp)
	}
	re := regexp.MustCompile(`f`)
	byKey.Store(p, re)
	return re
}

// What makes the handler runs once, and not for the request.
func newHandler(text string) http.HandlerFunc {
	re := regexp.MustCompile(text)
	fixed := regexp.MustCompile(`x`)
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, re.MatchString(r.URL.Path), fixed.MatchString(r.URL.Path))
	}
}

// A client without a transport of its own shares the default one.
func (s *shop) shared(w http.ResponseWriter, r *http.Request) {
	c := http.Client{Timeout: time.Second}
	req, _ := http.NewRequestWithContext(context.WithoutCancel(r.Context()), http.MethodGet, "https://example.com", nil)
	resp, err := c.Do(req)
	if err == nil {
		resp.Body.Close()
	}
}

// Nothing is read for these.
func (s *shop) zones(w http.ResponseWriter, r *http.Request) {
	utc, _ := time.LoadLocation("UTC")
	local, _ := time.LoadLocation("Local")
	fmt.Fprintln(w, utc, local)
}

// In hot code hotcall speaks of patterns.
//
//lagvet:hot
func (s *shop) hot(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, regexp.MustCompile(`x`).MatchString(r.URL.Path))
}
