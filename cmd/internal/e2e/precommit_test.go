//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pre-commit fetches lagvet from its repository, which this checkout stands in for,
// builds it, and lets no commit through that has findings.
func TestPreCommit(t *testing.T) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Fatalf("%v: make e2e-tools installs it", err)
	}
	tmp := t.TempDir()
	const file = root + "/testdata/hosts/pre-commit/.pre-commit-config.yaml"
	config, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rev := regexp.MustCompile(`rev: (\S+)`).FindSubmatch(config)
	if rev == nil {
		t.Fatalf("%s names no revision", file)
	}
	origin := filepath.Join(tmp, "lagvet.git")
	process{}.must(t, "git", "clone", "-q", "--bare", checkout(t), origin)
	process{dir: origin}.must(t, "git", "tag", "-f", string(rev[1]))

	p := process{dir: module(t), env: []string{
		"PRE_COMMIT_HOME=" + filepath.Join(tmp, "pre-commit"),
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=url." + origin + ".insteadOf",
		"GIT_CONFIG_VALUE_0=https://github.com/lagvet/lagvet",
	}}
	write(t, p.dir, ".pre-commit-config.yaml", string(config))
	p.must(t, "git", "init", "-q")
	p.must(t, "git", "add", ".")
	p.must(t, "pre-commit", "install")

	out, errs, code := commit(t, p)
	if code == 0 {
		t.Error("the commit with findings goes through")
	}
	compare(t, "pre-commit", readText(out+errs), expected(t), plain)

	for _, dir := range []string{"book", "feed", "gateway", "store"} {
		p.must(t, "git", "rm", "-rqf", dir)
	}
	if out, errs, code := commit(t, p); code != 0 || !strings.Contains(out+errs, "Passed") {
		t.Errorf("the commit without findings: exit code %d\n%s%s", code, out, errs)
	}
}

func commit(t *testing.T, p process) (stdout, stderr string, code int) {
	t.Helper()
	return p.run(t, "git", "-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "commit", "-m", "a change")
}

// reported matches a finding in lagvet's text.
var reported = regexp.MustCompile(`(?m)^(\S+:\d+:\d+): (.*) \((\w+)\)$`)

// readText reads the findings, without their chains, from what lagvet check prints.
func readText(text string) []Finding {
	var fs []Finding
	for _, m := range reported.FindAllStringSubmatch(text, -1) {
		fs = append(fs, Finding{Place: m[1], Rule: m[3], Message: m[2]})
	}
	return fs
}
