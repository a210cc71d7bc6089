package initperreq

import (
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A kind is one sort of set-up that costs much and can be done once.
type kind struct {
	name string // for the fingerprint, and what is one fault if several meet
	does string // after the name of the function that is called
	mend string
	// hot is set if hotcall owns it in hot code.
	hot bool
	// first is set if only the first argument decides what is built.
	first bool
	// of is set if it is the receiver that is built.
	of bool
}

// The kinds. Prices are those of the benchmarks in cost_test.go.
var (
	expression = &kind{name: "regexp", does: "compiles a regular expression", mend: "compile it once, into a package-level variable", hot: true}
	matching   = &kind{name: "regexp", does: "compiles its regular expression", mend: "compile it once, into a package-level variable, and call the method of the same name", hot: true, first: true}
	templates  = &kind{name: "template", does: "parses a template", mend: "parse it once, into a package-level variable or a field; executing it is safe from several goroutines"}
	roots      = &kind{name: "certificates", does: "builds a pool of certificates", mend: "build the pool once and share it"}
	rootsOf    = &kind{name: "certificates", does: "parses certificates into a pool", mend: "build the pool once and share it", of: true}
	keyPair    = &kind{name: "certificates", does: "parses a certificate and its key", mend: "load it once, and again when the files change"}
	transport  = &kind{name: "transport", does: "begins with no connection, so that each request dials and shakes hands anew, and leaves its own behind in a pool that nobody uses again", mend: "make one http.Client with its Transport and share it: both are safe for concurrent use"}
	sessions   = &kind{name: "TLS configuration", does: "begins with no session, so that each handshake is a full one", mend: "make one tls.Config with a ClientSessionCache and share it: it is safe for concurrent use"}
	database   = &kind{name: "database", does: "opens a pool of connections, the first of which has to be dialled", mend: "open it once and share it: a DB is safe for concurrent use"}
	channel    = &kind{name: "channel", does: "makes a connection of its own, which has to be dialled", mend: "make it once and share it: calls share one connection"}
	replacer   = &kind{name: "replacer", does: "builds a table in its first use", mend: "make it once, into a package-level variable: it is safe for concurrent use"}
	zone       = &kind{name: "time zone", does: "reads and parses a time zone from the disk", mend: "load it once, into a package-level variable"}
	schema     = &kind{name: "schema", does: "compiles a schema", mend: "compile it once and share it"}
	codec      = &kind{name: "codec", does: "begins with empty caches of what reflection finds in types", mend: "make it once and share it: its caches are what makes it fast"}
	program    = &kind{name: "program", does: "compiles a program", mend: "compile it once and share it"}
	policy     = &kind{name: "policy", does: "builds its tables", mend: "make it once and share it"}
	cloud      = &kind{name: "cloud", does: "reads configuration files and credentials, and may ask the metadata service for them", mend: "load it once and share it"}
)

// rows hold what is of each kind, by full names without major versions.
var rows = []struct {
	kind  *kind
	names string // separated by blanks
}{
	{expression, "regexp.MustCompile regexp.Compile regexp.MustCompilePOSIX regexp.CompilePOSIX"},
	{expression, "github.com/dlclark/regexp2.MustCompile github.com/dlclark/regexp2.Compile github.com/gobwas/glob.MustCompile github.com/gobwas/glob.Compile"},
	{matching, "regexp.MatchString regexp.Match regexp.MatchReader"},
	{templates, "(*text/template.Template).Parse (*text/template.Template).ParseFiles (*text/template.Template).ParseFS (*text/template.Template).ParseGlob text/template.ParseFiles text/template.ParseFS text/template.ParseGlob"},
	{templates, "(*html/template.Template).Parse (*html/template.Template).ParseFiles (*html/template.Template).ParseFS (*html/template.Template).ParseGlob html/template.ParseFiles html/template.ParseFS html/template.ParseGlob"},
	{roots, "crypto/x509.SystemCertPool"},
	{rootsOf, "(*crypto/x509.CertPool).AppendCertsFromPEM"},
	{keyPair, "crypto/tls.LoadX509KeyPair crypto/tls.X509KeyPair"},
	{transport, "(*net/http.Transport).Clone"},
	{database, "database/sql.Open database/sql.OpenDB github.com/jmoiron/sqlx.Open github.com/jmoiron/sqlx.Connect gorm.io/gorm.Open github.com/jackc/pgx/pgxpool.New github.com/jackc/pgx/pgxpool.NewWithConfig"},
	{channel, "google.golang.org/grpc.NewClient google.golang.org/grpc.Dial google.golang.org/grpc.DialContext"},
	{replacer, "strings.NewReplacer"},
	{zone, "time.LoadLocation"},
	{schema, "github.com/santhosh-tekuri/jsonschema.Compile github.com/santhosh-tekuri/jsonschema.MustCompile github.com/santhosh-tekuri/jsonschema.CompileString github.com/santhosh-tekuri/jsonschema.MustCompileString (*github.com/santhosh-tekuri/jsonschema.Compiler).Compile (*github.com/santhosh-tekuri/jsonschema.Compiler).MustCompile"},
	{schema, "github.com/xeipuuv/gojsonschema.NewSchema"},
	{codec, "github.com/go-playground/validator.New gopkg.in/go-playground/validator.New github.com/gorilla/schema.NewDecoder github.com/gorilla/schema.NewEncoder github.com/go-playground/form.NewDecoder (github.com/json-iterator/go.Config).Froze"},
	{program, "github.com/expr-lang/expr.Compile github.com/antonmedv/expr.Compile github.com/google/cel-go/cel.NewEnv github.com/itchyny/gojq.Compile github.com/jmespath/go-jmespath.Compile github.com/jmespath/go-jmespath.MustCompile"},
	{policy, "github.com/microcosm-cc/bluemonday.NewPolicy github.com/microcosm-cc/bluemonday.UGCPolicy github.com/microcosm-cc/bluemonday.StrictPolicy github.com/yuin/goldmark.New golang.org/x/text/language.NewMatcher"},
	{cloud, "github.com/aws/aws-sdk-go/aws/session.NewSession github.com/aws/aws-sdk-go/aws/session.NewSessionWithOptions github.com/aws/aws-sdk-go/config.LoadDefaultConfig github.com/aws/aws-sdk-go-v2/config.LoadDefaultConfig"},
}

// transportName and configName are what literals of these types count as calls of.
const (
	transportName = "net/http.Transport"
	configName    = "crypto/tls.Config"
)

// names yields the names of all rows, and their kinds.
func names(yield func(name string, k *kind) bool) {
	for _, r := range rows {
		for name := range strings.FieldsSeq(r.names) {
			if !yield(name, r.kind) {
				return
			}
		}
	}
}

// A catalogue tells the kinds of functions by name.
type catalogue map[string]*kind

func newCatalogue() catalogue {
	c := make(catalogue)
	c[transportName] = transport
	c[configName] = sessions
	for name, k := range names {
		c[name] = k
	}
	return c
}

var major = pattern.New(`[/.]v\d+([/.])`)

// withoutVersion removes major versions from a full name.
func withoutVersion(name string) string { return major.ReplaceAllString(name, "$1") }

// builds reports whether functions of the package of that path are in a row.
func builds(path string) bool {
	path = withoutVersion(path + ".")
	for name := range names {
		if strings.HasPrefix(strings.TrimLeft(name, "(*"), path) {
			return true
		}
	}
	return false
}

// of returns the kind of the function of that full name, or nil.
func (c catalogue) of(fullName string) *kind {
	if k := c[fullName]; k != nil {
		return k
	}
	return c[withoutVersion(fullName)]
}
