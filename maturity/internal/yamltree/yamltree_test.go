package yamltree_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
)

func parse(t *testing.T, text string) yamltree.Node {
	t.Helper()
	docs, err := yamltree.Parse("f.yml", []byte(text))
	if err != nil || len(docs) != 1 {
		t.Fatalf("%d documents, %v", len(docs), err)
	}
	return docs[0]
}

func TestGet(t *testing.T) {
	n := parse(t, `
base: &base {image: go, retry: 2, nothing: null}
other: &other
  retry: 5
  tags: [x]
job:
  <<: [*base, *other]
  image: alpine
  script:
    - go test
    - "go vet"
  allow_failure: true
  one: go build
flag: "true"
`)
	job := n.Get("job")
	if got := job.Get("image").Text(); got != "alpine" {
		t.Errorf("image is %q: what is merged does not take the place of what is there", got)
	}
	if got, ok := job.Get("retry").Int(); got != 2 || !ok {
		t.Errorf("retry is %d, %t: the first merge counts", got, ok)
	}
	if got := job.Get("tags").Texts(); !slices.Equal(got, []string{"x"}) {
		t.Errorf("tags are %q", got)
	}
	if got := job.Get("script").Texts(); !slices.Equal(got, []string{"go test", "go vet"}) {
		t.Errorf("script is %q", got)
	}
	if got := job.Get("script").List()[1].Line(); got != 11 {
		t.Errorf("go vet stands in line %d", got)
	}
	if got := job.Get("one").Texts(); !slices.Equal(got, []string{"go build"}) {
		t.Errorf("one is %q", got)
	}
	if v, ok := job.Get("allow_failure").Bool(); !v || !ok {
		t.Error("allow_failure is no true")
	}
	if _, ok := n.Get("flag").Bool(); ok {
		t.Error(`"true" in quotes is a boolean`)
	}
	if null := job.Get("nothing"); !null.Exists() || null.List() != nil || null.Text() != "" {
		t.Error("null is not there, or holds something")
	}
	if none := job.Get("a", "b"); none.Exists() || none.Line() != 0 || none.List() != nil || none.IsMap() {
		t.Error("there is a value at a.b")
	}
	var keys []string
	for k := range job.Fields() {
		keys = append(keys, k)
	}
	if got := strings.Join(keys, " "); got != "image script allow_failure one retry nothing tags" {
		t.Errorf("fields are %s", got)
	}
	var texts []string
	for v := range job.Get("script").All() {
		texts = append(texts, v.Text())
	}
	if got := strings.Join(texts, ","); got != ",go test,go vet" {
		t.Errorf("all values are %s", got)
	}
}

func TestTag(t *testing.T) {
	n := parse(t, "script: [!reference [.setup, script], go test]\n")
	script := n.Get("script").List()
	if got := script[0].Tag(); got != "!reference" || script[0].List()[1].Text() != "script" {
		t.Errorf("tag is %q", got)
	}
	if got := script[1].Tag() + n.Tag() + n.Get("none").Tag(); got != "" {
		t.Errorf("what has no tag has %q", got)
	}
}

func TestDocuments(t *testing.T) {
	docs, err := yamltree.Parse("f.yml", []byte("a: 1\n---\n# nothing\n---\nb: 2\n--- \n{\"json\": [1, true]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) != 3 || docs[1].Get("b").Line() != 5 || !docs[2].Get("json").IsList() {
		t.Errorf("documents are %v", docs)
	}
}

// bomb is the billion laughs: each line holds the one before ten times.
func bomb(lines int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := 1; i < lines; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return b.String()
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		at   string
		want string
	}{
		"indentation": {"a: b\n  c: d\n", "2:4", "mapping values"},
		"open list":   {"a: [1, 2\nb: 3\n", "1:4", "did not find expected"},
		"tab":         {"\ta: 1\n", "1:1", "cannot start any token"},
		"anchor":      {"a: *x\n", "0:0", "unknown anchor"},
		"bomb":        {bomb(12), "1:1", "more than 1000000 values"},
		"cycle":       {"a: &a [*a]\n", "1:1", "within what it names"},
		"deep":        {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "1:1", "deep"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := yamltree.Parse("f.yml", []byte(c.text))
			e, ok := errors.AsType[*yamltree.Error](err)
			if !ok {
				t.Fatalf("error is %v", err)
			}
			if got := fmt.Sprintf("%d:%d", e.Line, e.Column); got != c.at || !strings.Contains(e.Why, c.want) {
				t.Errorf("%s: %s, want %s: …%s…", got, e.Why, c.at, c.want)
			}
		})
	}
}

// What comes before a fault is read, so that one bad document hides no other.
func TestBeforeTheFault(t *testing.T) {
	docs, err := yamltree.Parse("f.yml", []byte("a: 1\n---\nb: [\n"))
	if len(docs) != 1 || err == nil {
		t.Errorf("%d documents, %v", len(docs), err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a: &x {b: *x}\n<<: [1, {c: d}]")
	f.Add(bomb(4))
	f.Fuzz(func(t *testing.T, text string) {
		docs, err := yamltree.Parse("f.yml", []byte(text))
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
		for _, d := range docs {
			n := 0
			for v := range d.All() {
				v.Get("a", "b").Text()
				v.Bool()
				if n++; n > yamltree.MaxNodes {
					t.Fatal("more values than were counted")
				}
			}
		}
	})
}
