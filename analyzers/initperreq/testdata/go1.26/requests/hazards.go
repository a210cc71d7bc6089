// Package requests serves requests.
package requests

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httputil"
	"os"
	"regexp"
	"strings"
	"time"

	"example.com/initperreq/valid"
)

const word = `\w+`

var pattern = "[a-f]+"

type shop struct {
	dsn, zone, cert, key string
	re                   *regexp.Regexp
}

func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	id := regexp.MustCompile(`^[0-9]+$`) // want `^likely: regexp.MustCompile compiles a regular expression, for each request \(HTTP handler\)$`
	if !id.MatchString(r.URL.Query().Get("id")) {
		http.Error(w, "bad id", http.StatusBadRequest)
		return
	}
	ok, _ := regexp.MatchString(word+`-`+word, r.URL.Path) // want `^likely: regexp.MatchString compiles its regular expression, for each request`
	named, err := regexp.Compile(pattern)                  // want `^likely: regexp.Compile compiles a regular expression, for each request`
	if err != nil {
		return
	}
	fmt.Fprintln(w, ok, named.String(), s.below(r))
}

// Below the handler it costs the same.
func (s *shop) below(r *http.Request) string {
	clean := strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(r.URL.Path) // want `^likely: strings.NewReplacer builds a table in its first use, for each request`
	at, err := time.LoadLocation("Europe/Berlin")                              // want `^likely: time.LoadLocation reads and parses a time zone from the disk, for each request`
	if err != nil {
		return clean
	}
	return clean + time.Now().In(at).String()
}

func (s *shop) page(w http.ResponseWriter, r *http.Request) {
	t := template.Must(template.New("page").Parse(`<p>{{.}}</p>`)) // want `^likely: \(\*template.Template\).Parse parses a template, for each request`
	template.Must(t.New("more").Parse(`more`))                     // one more text of the same template
	t.Execute(w, r.URL.Path)
	files, _ := template.ParseFiles("a.html", "b.html") // want `^likely: template.ParseFiles parses a template, for each request`
	files.Execute(w, nil)
	lower, _ := template.New("page").Funcs(template.FuncMap{"lower": strings.ToLower}).Parse(`{{lower .}}`) // want `^likely: \(\*template.Template\).Parse parses`
	lower.Execute(w, nil)
}

func (s *shop) proxy(w http.ResponseWriter, r *http.Request) {
	tr := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13}} // want `^likely: a new http.Transport begins with no connection, so that each request dials and shakes hands anew, and leaves its own behind in a pool that nobody uses again, for each request`
	client := &http.Client{Transport: tr}
	resp, err := client.Get("https://example.com")
	if err != nil {
		return
	}
	resp.Body.Close()
	rp := httputil.ReverseProxy{}
	rp.Transport = http.DefaultTransport.(*http.Transport).Clone() // want `^likely: \(\*http.Transport\).Clone begins with no connection`
	rp.ServeHTTP(w, r)
}

// The pool is for the transport, which has the finding.
func (s *shop) pinned(w http.ResponseWriter, r *http.Request) {
	pem, _ := os.ReadFile("ca.pem")
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}} // want `^likely: a new http.Transport`
	client.CloseIdleConnections()
}

func (s *shop) roots(w http.ResponseWriter, r *http.Request) {
	pool, err := x509.SystemCertPool() // want `^likely: x509.SystemCertPool builds a pool of certificates, for each request`
	if err != nil {
		return
	}
	pool.AppendCertsFromPEM([]byte("..."))
	pair, err := tls.LoadX509KeyPair("cert.pem", "key.pem") // want `^likely: tls.LoadX509KeyPair parses a certificate and its key, for each request`
	fmt.Fprintln(w, pair.Leaf, err, len(pool.Subjects()))
	more := x509.NewCertPool()
	more.AppendCertsFromPEM([]byte("...")) // want `^likely: \(\*x509.CertPool\).AppendCertsFromPEM parses certificates into a pool, for each request`
	fmt.Fprintln(w, len(more.Subjects()))
}

func (s *shop) query(w http.ResponseWriter, r *http.Request) {
	db, err := sql.Open("pg", s.dsn) // want `^likely: sql.Open opens a pool of connections, the first of which has to be dialled, for each request`
	if err != nil {
		return
	}
	defer db.Close()
	db.ExecContext(r.Context(), "delete from t")
}

var funcs = template.FuncMap{"upper": strings.ToUpper}

//go:embed hazards.go
var files embed.FS

// Variables that nobody sets are as good as constants.
func (s *shop) vars(w http.ResponseWriter, r *http.Request) {
	t, _ := template.New("page").Funcs(funcs).Parse(`{{upper .}}`) // want `^likely: \(\*template.Template\).Parse`
	t.Execute(w, r.URL.Path)
	u, _ := template.ParseFS(files, "*.html") // want `^likely: template.ParseFS`
	u.Execute(w, nil)
}

// What returns only an error holds nothing.
func (s *shop) configured(w http.ResponseWriter, r *http.Request) error {
	tr := &http.Transport{} // want `^likely: a new http.Transport`
	err := buildTransport(tr)
	resp, _ := tr.RoundTrip(r)
	resp.Body.Close()
	return err
}

func buildTransport(*http.Transport) error { return nil }

func (s *shop) check(w http.ResponseWriter, r *http.Request) {
	client := &http.Client{Transport: valid.NewTransport(), Timeout: time.Second} // want `^likely: valid.NewTransport ends in http.Transport, .* ← calls valid.NewTransport ← calls Settings.NewTransport ← http.Transport begins`
	resp, err := client.Get("https://example.com")
	if err != nil {
		return
	}
	resp.Body.Close()
}

// Through functions of another package.
func (s *shop) far(w http.ResponseWriter, r *http.Request) {
	if valid.IsName(r.URL.Path) { // want `^likely: valid.IsName ends in regexp.MustCompile, which compiles a regular expression, for each request \(HTTP handler\) ← calls valid.IsName ← regexp.MustCompile compiles a regular expression$`
		return
	}
	if valid.IsName(r.URL.RawQuery) { // the same fault
		return
	}
	fmt.Fprintln(w, valid.Matches("[a-z]*", r.URL.Path)) // want `^likely: valid.Matches ends in regexp.MustCompile, .* ← calls valid.Matches ← calls compile ← regexp.MustCompile compiles a regular expression$`
	c := valid.NewClient()                               // want `^likely: valid.NewClient ends in http.Transport, which begins with no connection`
	resp, err := c.Get("https://example.com")
	if err != nil {
		return
	}
	resp.Body.Close()
	var b strings.Builder
	valid.Render("fixed", &b)               // want `^likely: valid.Render ends in \(\*template.Template\).Parse`
	valid.Config("cert.pem", "key.pem")     // want `^likely: valid.Config ends in tls.LoadX509KeyPair`
	fmt.Fprintln(w, s.matches("[a-f]", "")) // want `^likely: \(\*shop\).matches ends in regexp.MustCompile`
}

func (s *shop) matches(p, text string) bool { return regexp.MustCompile(p).MatchString(text) }
