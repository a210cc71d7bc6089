package ci

import (
	"slices"
	"strings"
)

// An action is what an action of another repository runs.
type action struct {
	argv   []string // nil for what runs nothing of interest
	unread string
	about  string // its name without what says nothing of it
	why    string // why its failure stops nothing
}

// quiet are owners and actions that prepare something, or report.
var quiet = []string{
	"actions/", "docker/login", "docker/setup", "docker/metadata", "github/", "codecov/", "coverallsapp/", "aws-actions/", "azure/", "google-github-actions/",
	"hashicorp/setup", "hashicorp/vault-action", "softprops/", "peter-evans/", "sigstore/", "anchore/", "step-security/", "dorny/", "tj-actions/",
	"slackapi/", "ossf/scorecard-action", "bufbuild/", "arduino/setup", "pnpm/", "ruby/", "denoland/", "bazelbuild/setup", "crazy-max/", "jlumbroso/",
	"helm/", "ncipollo/", "release-drafter/", "amannn/", "crate-ci/typos", "lycheeverse/", "streetsidesoftware/", "ludeeus/", "stefanzweifel/", "mxschmitt/",
	"magnetikonline/", "extractions/setup-just", "wagoid/", "jdx/mise-action", "asdf-vm/", "cachix/install-nix-action", "depot/setup-action", "tibdex/",
	"renovatebot/", "nowsprinting/", "conventional-changelog/", "zizmorcore/", "reproducible-containers/", "test-summary/", "mikepenz/", "webfactory/",
	"rtcamp/", "madrapps/", "dtolnay/", "azure/setup", "kubernetes-sigs/", "engineerd/", "nolar/", "thollander/", "gotesttools/", "anthropics/", "hashicorp-forge/", "grafana/shared-workflows", "goreleaser/", "imjasonh/setup", "ko-build/setup", "luizm/", "grafana/plugin", "hadolint/", "benchmark-action/",
}

// knownAction returns what an action runs, by its name without the version.
func knownAction(name string, in map[string]string) action {
	args := strings.Fields(in["args"])
	switch lower := strings.ToLower(name); {
	case lower == "golangci/golangci-lint-action":
		return golangciAction(in)
	case lower == "golang/govulncheck-action":
		return govulncheckAction(in)
	case strings.HasPrefix(lower, "dominikh/staticcheck-action"):
		return action{argv: []string{"staticcheck", "./..."}}
	case lower == "goreleaser/goreleaser-action":
		if in["install-only"] == "true" {
			return action{}
		}
		return action{argv: append([]string{"goreleaser"}, args...)}
	case lower == "pre-commit/action" || strings.HasPrefix(lower, "pre-commit-ci/"):
		return action{argv: append([]string{"pre-commit", "run"}, strings.Fields(firstOf(in["extra_args"], "--all-files"))...)}
	case lower == "docker/build-push-action":
		return action{argv: []string{"docker", "build", firstOf(in["context"], ".")}}
	case lower == "docker/bake-action":
		return action{argv: append([]string{"docker", "buildx", "bake"}, strings.Fields(in["targets"])...), unread: "what an image is built by is not looked into"}
	case lower == "securego/gosec":
		return action{argv: append([]string{"gosec"}, args...)}
	case strings.HasPrefix(lower, "reviewdog/action-"):
		return reviewdogAction(lower, in)
	case lower == "snyk/actions/golang":
		return action{argv: []string{"snyk", firstOf(in["command"], "test")}}
	case lower == "aquasecurity/trivy-action":
		a := action{argv: []string{"trivy"}}
		if code := in["exit-code"]; code == "" || code == "0" {
			a.why = "without an `exit-code` it only reports"
		}
		return a
	case strings.HasPrefix(lower, "google/osv-scanner-action"):
		return action{argv: []string{"osv-scanner"}}
	case lower == "magefile/mage-action":
		return action{argv: append([]string{"mage"}, args...), unread: "its steps are not written in a language that is read here"}
	case lower == "robherley/go-test-action":
		return action{argv: append([]string{"go", "test"}, strings.Fields(firstOf(in["testarguments"], "./..."))...)}
	}
	for _, q := range quiet {
		if strings.HasPrefix(strings.ToLower(name), q) || strings.HasPrefix(name, "./") {
			return action{}
		}
	}
	return action{argv: []string{name}, about: about(name), unread: "runs an action of another repository, " + name}
}

// about is the name of an action without its repository if that is called ci: such a
// repository holds many, and is no gate by its name.
func about(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) > 2 && strings.EqualFold(parts[1], "ci") {
		return strings.Join(slices.Delete(parts, 1, 2), "/")
	}
	return name
}

func golangciAction(in map[string]string) action {
	if in["install-only"] == "true" {
		return action{}
	}
	argv := append([]string{"golangci-lint", "run"}, strings.Fields(in["args"])...)
	if in["only-new-issues"] == "true" {
		argv = append(argv, "--new-from-merge-base=<pull request>")
	}
	return action{argv: argv}
}

func govulncheckAction(in map[string]string) action {
	a := action{argv: []string{"govulncheck", firstOf(in["go-package"], "./...")}}
	if f := firstOf(in["output-format"], "text"); f != "text" {
		a.argv = append(a.argv, "-format", f)
	}
	return a
}

func reviewdogAction(name string, in map[string]string) action {
	tool := strings.TrimPrefix(name, "reviewdog/action-")
	a := action{argv: []string{tool}}
	switch tool {
	case "golangci-lint":
		a.argv = append(a.argv, "run")
		a.argv = append(a.argv, strings.Fields(in["golangci_lint_flags"])...)
	case "staticcheck":
		a.argv = append(a.argv, "./...")
	default:
		return action{}
	}
	level := firstOf(in["fail_level"], "none")
	if in["fail_on_error"] != "true" && level == "none" {
		a.why = "reviewdog only comments unless it is told to fail"
	}
	return a
}
