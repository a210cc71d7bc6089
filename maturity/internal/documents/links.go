package documents

import (
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/lagvet/lagvet/maturity/internal/tree"
)

// maxTargets is how many files are parsed for the anchors that links name.
const maxTargets = 500

// follow says why a link of file leads nowhere, or "".
func (c *collector) follow(file, to string) string {
	u, err := url.Parse(to)
	switch {
	case err != nil:
		return fmt.Sprintf("%s is no URL", to)
	case u.Scheme == "http" || u.Scheme == "https":
		return outside(u)
	case u.Scheme == "mailto" && strings.Contains(u.Opaque, "@"):
		return ""
	case u.Scheme != "":
		return fmt.Sprintf("%s is no link that a browser follows", to)
	case u.Host != "":
		return outside(u)
	case u.Path == "" && u.Fragment == "":
		return "it is empty"
	case u.Path == "":
		return c.anchor(file, file, u.Fragment)
	}
	target := tree.Join(file, u.Path)
	switch {
	case target == "":
		return fmt.Sprintf("%s leads out of the repository", u.Path)
	case !c.t.Has(target):
		if target == "." || len(c.t.Under(target)) > 0 {
			return ""
		}
		return fmt.Sprintf("there is no %s", target)
	case u.Fragment == "":
		return ""
	}
	return c.anchor(file, target, u.Fragment)
}

// outside judges the form of a link to another place. The names that RFC 2606 sets
// apart for examples lead nowhere.
func outside(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if host == "" {
		return fmt.Sprintf("%s names no host", u)
	}
	for _, reserved := range []string{"example", "example.com", "example.net", "example.org", "invalid", "test"} {
		if host == reserved || strings.HasSuffix(host, "."+reserved) {
			return fmt.Sprintf("%s is an example", u)
		}
	}
	return ""
}

// anchor says why file has no such fragment, or "".
func (c *collector) anchor(from, file, fragment string) string {
	fragment, _, _ = strings.Cut(fragment, ":~:") // a text to show, which browsers look for
	if fragment == "" {
		return ""
	}
	if line, ok := strings.CutPrefix(fragment, "L"); ok && file != from {
		if _, err := strconv.Atoi(strings.Split(line, "-")[0]); err == nil {
			return ""
		}
	}
	if path.Ext(file) != ".md" {
		return ""
	}
	known, ok := c.anchors[file]
	if !ok {
		if len(c.anchors) >= maxTargets {
			return ""
		}
		if data, err := c.t.Read(file); err == nil {
			if doc, err := parse(file, data); err == nil {
				known = doc.anchors
			}
		}
		c.anchors[file] = known
	}
	if known == nil || known[strings.ToLower(fragment)] {
		return "" // what cannot be parsed may have it
	}
	return fmt.Sprintf("%s has no heading #%s", file, fragment)
}

// slug is the name that hosts of repositories give a heading in links: letters in
// lower case, digits, "-" and "_", and "-" for a space.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
