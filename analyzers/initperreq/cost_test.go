package initperreq

import (
	"crypto/x509"
	"regexp"
	"strings"
	"testing"
	"text/template"
	"time"
)

// The benchmarks are the source of the figures in the package comment.

const address = `^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,4}$`

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		regexp.MustCompile(address).MatchString("someone@example.com")
	}
}

func BenchmarkCompiled(b *testing.B) {
	re := regexp.MustCompile(address)
	for b.Loop() {
		re.MatchString("someone@example.com")
	}
}

const page = `<ul>{{range .}}{{if .}}<li>{{.}}</li>{{end}}{{end}}</ul>`

func BenchmarkParseTemplate(b *testing.B) {
	for b.Loop() {
		template.Must(template.New("page").Parse(page))
	}
}

func BenchmarkNewReplacer(b *testing.B) {
	for b.Loop() {
		strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace("a < b")
	}
}

func BenchmarkReplacer(b *testing.B) {
	r := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for b.Loop() {
		r.Replace("a < b")
	}
}

func BenchmarkLoadLocation(b *testing.B) {
	for b.Loop() {
		if _, err := time.LoadLocation("Europe/Berlin"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSystemCertPool(b *testing.B) {
	for b.Loop() {
		if _, err := x509.SystemCertPool(); err != nil {
			b.Fatal(err)
		}
	}
}
