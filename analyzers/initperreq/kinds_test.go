package initperreq

import "testing"

func TestCatalogue(t *testing.T) {
	c := newCatalogue()
	for name, want := range map[string]*kind{
		"regexp.MustCompile":                                           expression,
		"regexp.QuoteMeta":                                             nil,
		"(*html/template.Template).Parse":                              templates,
		"github.com/jackc/pgx/v5/pgxpool.New":                          database,
		"github.com/go-playground/validator/v10.New":                   codec,
		"gopkg.in/go-playground/validator.v9.New":                      codec,
		"(*github.com/santhosh-tekuri/jsonschema/v6.Compiler).Compile": schema,
		"example.com/regexp.MustCompile":                               nil,
	} {
		if got := c.of(name); got != want {
			t.Errorf("%s is %v", name, got)
		}
	}
	for path, want := range map[string]bool{
		"regexp":                           true,
		"net/http":                         true,
		"github.com/jackc/pgx/v5/pgxpool":  true,
		"github.com/jackc/pgx/v5":          false,
		"regexp/syntax":                    false,
		"github.com/google/cel-go/cel":     true,
		"github.com/aws/aws-sdk-go-v2/aws": false,
	} {
		if got := builds(path); got != want {
			t.Errorf("package %s builds something: %t", path, got)
		}
	}
}
