package requests

import (
	"crypto/tls"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"time"

	"example.com/initperreq/valid"
)

// What is made of a field, the owner may change.
func (s *shop) field(w http.ResponseWriter, r *http.Request) {
	at, _ := time.LoadLocation(s.zone)            // want `^suspected: time.LoadLocation .*\(but what it is made of may change\)$`
	pair, _ := tls.LoadX509KeyPair(s.cert, s.key) // want `^suspected: tls.LoadX509KeyPair .*\(but what it is made of may change\)$`
	re := regexp.MustCompile(currentPattern())    // want `^suspected: regexp.MustCompile .*\(but what it is made of may change\)$`
	fmt.Fprintln(w, at, pair.Leaf, re.MatchString(r.URL.Path))
	fmt.Fprintln(w, regexp.MustCompile(changed), regexp.MustCompile(Settable)) // want `^suspected: regexp.MustCompile .*may change` `^suspected: regexp.MustCompile .*may change`
}

var changed = "a"

// Settable is for others to set.
var Settable = "a"

func change() { changed = "b" }

func currentPattern() string { return strings.Repeat("a", 3) }

// What is kept is not made for this request alone.
func (s *shop) keep(w http.ResponseWriter, r *http.Request) {
	s.re = regexp.MustCompile(`a`)  // want `^suspected: regexp.MustCompile .*\(but what it makes is kept\)$`
	made := regexp.MustCompile(`b`) // want `^suspected: regexp.MustCompile .*\(but what it makes is kept\)$`
	s.re = made
	var c checker
	c.re = regexp.MustCompile(`c`) // want `^likely: regexp.MustCompile`
	fmt.Fprintln(w, c.re.MatchString("c"))
	later := regexp.MustCompile(`d`) // want `^suspected: regexp.MustCompile .*\(but what it makes is kept\)$`
	callbacks = append(callbacks, func(s string) bool { return later.MatchString(s) })
	register(regexp.MustCompile(`e`))   // want `^suspected: regexp.MustCompile .*\(but what it makes is kept\)$`
	checkers <- regexp.MustCompile(`f`) // want `^suspected: regexp.MustCompile .*\(but what it makes is kept\)$`
}

type checker struct{ re *regexp.Regexp }

var callbacks []func(string) bool
var checkers = make(chan *regexp.Regexp)

func register(*regexp.Regexp) {}

// A client for each tenant: one could be kept for each.
func (s *shop) tenant(w http.ResponseWriter, r *http.Request) {
	c := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{ServerName: r.Host}}} // want `^suspected: a new http.Transport .*\(but what it is made of comes with the request: keep one for each that there is\)$`
	resp, err := c.Get("https://example.com")
	if err == nil {
		resp.Body.Close()
	}
}

func (s *shop) fails(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		msg := regexp.MustCompile(`\s+`).ReplaceAllString(err.Error(), " ") // want `^suspected: regexp.MustCompile .*\(but only on the way to an error\)$`
		http.Error(w, msg, http.StatusBadRequest)
		return
	}
	go later()
}

func later() {
	fmt.Println(regexp.MustCompile(`x`).MatchString("x")) // want `^suspected: regexp.MustCompile .*\(but in a goroutine that the request starts\)$`
}

func mountDebug(mux *http.ServeMux) {
	mux.HandleFunc("/debug/match", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, regexp.MustCompile(`x`).MatchString(r.URL.Path)) // want `^suspected: regexp.MustCompile .*\(but only for those who watch the process\)$`
	})
}

// What a function returns is kept by those who call it.
func (s *shop) renew(w http.ResponseWriter, r *http.Request) { s.re = s.make() }

func (s *shop) make() *regexp.Regexp {
	return regexp.MustCompile(`x`) // want `^suspected: regexp.MustCompile .*\(but what it makes is kept\)$`
}

var checking *valid.Checker

func (s *shop) farKept(w http.ResponseWriter, r *http.Request) {
	checking = valid.NewChecker() // want `^suspected: valid.NewChecker .*\(but what it makes is kept\)`
}

//lagvet:allow initperreq -- called once a day
func (s *shop) allowed(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, regexp.MustCompile(`x`).MatchString(r.URL.Path)) // want `^allowed: regexp.MustCompile`
}

// Here it is doubtful, and elsewhere not: that is where the finding stands.
func (s *shop) unsure(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		fmt.Fprintln(w, valid.IsWord(err.Error()))
		return
	}
	fmt.Fprintln(w, valid.IsWord(r.URL.Host)) //lagvet:allow initperreq -- this one is short // want `^allowed: valid.IsWord`
	fmt.Fprintln(w, valid.IsWord(r.URL.Path)) // want `^likely: valid.IsWord ends in`
}

// A cache decides how often the literal runs.
func (s *shop) byHost(w http.ResponseWriter, r *http.Request) {
	c := loadOrMake(r.Host, func() *http.Client {
		return &http.Client{Transport: &http.Transport{}} // want `^suspected: a new http.Transport .*\(but what it makes is kept\)$`
	})
	resp, err := c.Get("https://example.com")
	if err == nil {
		resp.Body.Close()
	}
	now := func() *regexp.Regexp { return regexp.MustCompile(`x`) }() // want `^likely: regexp.MustCompile`
	fmt.Fprintln(w, now.MatchString(r.URL.Path))
}

func loadOrMake(host string, make func() *http.Client) *http.Client { return make() }

// It leaves no connections behind.
func (s *shop) once(w http.ResponseWriter, r *http.Request) {
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}  // want `^suspected: a new http.Transport .*\(but it keeps no connections\)$`
	d := http.Client{Transport: &http.Transport{DisableKeepAlives: false}} // want `^likely: a new http.Transport`
	c.CloseIdleConnections()
	d.CloseIdleConnections()
}

var devMode bool

// Who works on a template wants to see it change.
func (s *shop) live(w http.ResponseWriter, r *http.Request) {
	if devMode {
		t, _ := template.ParseFiles("index.html") // want `^suspected: template.ParseFiles .*\(but a condition asks for it to be read again\)$`
		t.Execute(w, nil)
	}
}

// A configuration costs little to make, and the sessions that are not resumed.
func (s *shop) dials(w http.ResponseWriter, r *http.Request) {
	conn, err := tls.Dial("tcp", "quotes.example.com:443", &tls.Config{MinVersion: tls.VersionTLS13}) // want `^suspected: a new tls.Config begins with no session, so that each handshake is a full one, for each request .*\(but to make it costs little, and there may be no session to resume\)$`
	if err != nil {
		return
	}
	conn.Close()
	own, err := tls.Dial("tcp", r.Host, &tls.Config{ServerName: r.Host}) // the request says whom to ask
	if err != nil {
		return
	}
	own.Close()
	config := &tls.Config{MinVersion: tls.VersionTLS13} // where it goes is not looked at
	fmt.Fprintln(w, config.MinVersion)
}
