package editors_test

import (
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/editors"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A want is what a check is to say: part of the reason, and one of the proofs.
type want struct {
	status verdict.Status
	words  string
	proof  string
}

func vscode(text string) string { return "-- .vscode/settings.json --\n" + text + "\n" }

const goplsVSCode = `{
	// tabs, comments and a comma at the end
	"editor.formatOnSave": true,
	"go.useLanguageServer": true,
	"gopls": {
		"ui.diagnostic.analyses": { "nilness": true, "hotdefer": false },
		"ui.codelenses": { "upgrade_dependency": false },
	},
}`

func TestHints(t *testing.T) {
	zed := func(path, args string) string {
		return "-- .zed/settings.json --\n{\"lsp\": {\"gopls\": {\"binary\":\n{\"path\": \"" + path + "\", \"arguments\": [" + args + "]}}}}\n"
	}
	helix := "-- .helix/languages.toml --\n[language-server.lagvet]\ncommand = \"lagvet\"\nargs = [\"lsp\"]\n\n[[language]]\nname = \"go\"\n"
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"nothing":       {"-- a --\n", want{verdict.Fail, "lagvet lsp", ""}},
		"server":        {vscode(`{"glspc.server.command": "lagvet", "glspc.server.commandArguments": ["lsp"]}`), want{verdict.Pass, "language server is set up for VS Code", ".vscode/settings.json:1"}},
		"other command": {vscode(`{"glspc.server.command": "lagvet", "glspc.server.commandArguments": ["check"]}`), want{verdict.Fail, "", ""}},
		"gopls":         {vscode(goplsVSCode), want{verdict.Fail, "", ".vscode/settings.json:4"}},
		"some gopls":    {vscode(`{"go.alternateTools": {"gopls": "${workspaceFolder}/bin/gopls"}}`), want{verdict.Unknown, "nothing here says that lagvet built it", ".vscode/settings.json:1"}},
		"built gopls":   {vscode(`{"go.alternateTools": {"gopls": "bin/gopls"}}`) + "-- Makefile --\ngopls:\n\tlagvet gopls build --output bin/gopls\n", want{verdict.Pass, "a gopls that lagvet builds", "Makefile:2"}},
		"told rules":    {vscode(`{"go.alternateTools": {"gopls": "bin/gopls"}, "gopls": {"analyses": {"hotdefer": false}}}`), want{verdict.Pass, "lagvet's rule hotdefer", ".vscode/settings.json:1"}},
		"the usual":     {vscode(`{"go.alternateTools": {"gopls": "gopls"}}`), want{verdict.Fail, "", ""}},
		"Zed, both":     {zed("rass", `"--", "gopls", "--", "lagvet", "lsp"`), want{verdict.Pass, "for Zed", ".zed/settings.json:2"}},
		"Zed, gopls":    {zed("/opt/bin/gopls", ""), want{verdict.Unknown, "Zed runs gopls from /opt/bin/gopls", ".zed/settings.json:2"}},
		"Helix":         {helix + "language-servers = [\"gopls\", \"lagvet\"]\n", want{verdict.Pass, "for Helix", ".helix/languages.toml:1"}},
		"Helix, unused": {helix + "language-servers = [\"gopls\"]\n", want{verdict.Fail, "", ""}},
		"Neovim":        {"-- .nvim.lua --\nvim.lsp.config('lagvet', { cmd = { 'lagvet', 'lsp' } })\n", want{verdict.Pass, "for Neovim", ".nvim.lua:1"}},
		"broken":        {vscode("{"), want{verdict.Unknown, "cannot be read", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := editors.Collect(treetest.Open(t, c.repo)).Hints("hotdefer", "lockblock")
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestSameAsCI(t *testing.T) {
	lint := func(more string) string {
		return vscode(`{"go.lintTool": "golangci-lint-v2"` + more + `}`)
	}
	version := func(name, v string) []editors.Tool {
		return []editors.Tool{{Name: name, Version: v, Place: verdict.Place{File: "ci.yml", Line: 4}}}
	}
	golangci := editors.CI{Golangci: true, Tools: version("golangci-lint", "v2.15.0"), Place: verdict.Place{File: "ci.yml", Line: 3}}
	configured := golangci
	configured.Config = "ci/.golangci.yml"
	lagvet := editors.CI{Rules: []string{"hotalloc", "lockblock"}}
	pinned := lagvet
	pinned.Tools = version("lagvet", "v0.1.0")
	both := golangci
	both.Rules, both.LagvetLinter = lagvet.Rules, true
	server := func(more string) string {
		return vscode(`{"glspc.server.command": "lagvet", "glspc.server.commandArguments": ["lsp"]` + more + `}`)
	}
	for name, c := range map[string]struct {
		repo string
		ci   editors.CI
		want want
	}{
		"CI unknown":       {lint(""), editors.CI{}, want{verdict.Unknown, "neither golangci-lint nor lagvet", ""}},
		"nothing":          {"-- a --\n", golangci, want{verdict.Fail, "no committed editor settings", "ci.yml:3"}},
		"same":             {lint(""), golangci, want{verdict.Pass, "that continuous integration runs", ".vscode/settings.json:1"}},
		"gopls only":       {vscode(goplsVSCode), golangci, want{verdict.Fail, "do not", ".vscode/settings.json:4"}},
		"fast":             {lint(`, "go.lintFlags": ["--fast-only"]`), golangci, want{verdict.Fail, "linters that are slow (--fast-only)", ".vscode/settings.json:1"}},
		"not fast":         {lint(`, "go.lintFlags": ["--fast=false"]`), golangci, want{verdict.Pass, "", ""}},
		"less":             {lint(`, "go.lintFlags": ["--disable=govet"]`), golangci, want{verdict.Fail, "look at less", ""}},
		"root's":           {lint(`, "go.lintFlags": ["--config=${workspaceFolder}/.golangci.yaml"]`), golangci, want{verdict.Pass, "", ""}},
		"other":            {lint(`, "go.lintFlags": ["--config", "x.yml"]`), golangci, want{verdict.Fail, "another configuration (x.yml)", ""}},
		"CI's":             {lint(`, "go.lintFlags": ["-c", "${workspaceFolder}/ci/.golangci.yml"]`), configured, want{verdict.Pass, "", ""}},
		"older":            {lint(""), editors.CI{Golangci: true, Tools: version("golangci-lint", "v1.64.8")}, want{verdict.Fail, "golangci-lint 2", ""}},
		"hook's version":   {lint("") + "-- .pre-commit-config.yaml --\nrepos:\n- repo: https://github.com/golangci/golangci-lint\n  rev: v2.1.0\n  hooks: [{id: golangci-lint}]\n", golangci, want{verdict.Fail, "golangci-lint is of version v2.15.0 at ci.yml:4, and v2.1.0 at .pre-commit-config.yaml:", ".pre-commit-config.yaml:4"}},
		"hook on a branch": {lint("") + "-- .pre-commit-config.yaml --\nrepos:\n- repo: https://github.com/golangci/golangci-lint\n  rev: main\n  hooks: [{id: golangci-lint}]\n", golangci, want{verdict.Pass, "", ""}},
		"lagvet's version": {server("") + "-- .pre-commit-config.yaml --\nrepos:\n- repo: https://github.com/lagvet/lagvet\n  rev: v0.2.0\n  hooks: [{id: lagvet}]\n", pinned, want{verdict.Fail, "lagvet is of version v0.1.0 at ci.yml:4, and v0.2.0 at", ".pre-commit-config.yaml:4"}},
		"rules":            {server(""), lagvet, want{verdict.Pass, "", ".vscode/settings.json:1"}},
		"rule off":         {server(`, "lagvet.disable": ["lockblock"]`), lagvet, want{verdict.Fail, "turns off lockblock", ""}},
		"other rule off":   {server(`, "lagvet.disable": ["hotdefer"]`), lagvet, want{verdict.Pass, "", ""}},
		"some rules":       {server(`, "lagvet.rules": ["hotalloc"]`), lagvet, want{verdict.Fail, "lacks lockblock", ""}},
		"no rules":         {lint(""), lagvet, want{verdict.Fail, "neither its language server", ""}},
		"by the linter":    {lint(""), both, want{verdict.Pass, "", ""}},
		"gopls's rule":     {vscode(`{"go.alternateTools": {"gopls": "bin/gopls"}, "gopls": {"analyses": {"lockblock": false}}}`), lagvet, want{verdict.Fail, "turns off lockblock", ""}},
		"server and lint":  {server(""), both, want{verdict.Pass, "", ""}},
		"broken":           {vscode("{"), golangci, want{verdict.Unknown, "cannot be read", ""}},
		"broken beside":    {lint("") + "-- .zed/settings.json --\n{\n", golangci, want{verdict.Unknown, ".zed", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := editors.Collect(treetest.Open(t, c.repo)).SameAsCI(c.ci)
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestGoModDiagnostics(t *testing.T) {
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"nothing":    {"-- a --\n", want{verdict.Fail, "vulncheck", ""}},
		"vulncheck":  {vscode(`{"gopls": {"ui.diagnostic.vulncheck": "Imports"}}`), want{verdict.Pass, "VS Code", ".vscode/settings.json:1"}},
		"misspelt":   {vscode(`{"gopls": {"vulncheck": true}}`), want{verdict.Fail, "no committed", ""}},
		"off":        {vscode(`{"gopls": {"vulncheck": "Off"}}`), want{verdict.Fail, "off", ".vscode/settings.json:1"}},
		"lens":       {vscode(`{"gopls": {"codelenses": {"upgrade_dependency": true}}}`), want{verdict.Pass, "", ""}},
		"govulcheck": {vscode(`{"gopls.ui.codelenses": {"run_govulncheck": true}}`), want{verdict.Pass, "", ""}},
		"lens off":   {vscode(goplsVSCode), want{verdict.Fail, "turn gopls's hints on go.mod off", ".vscode/settings.json:7"}},
		"Helix":      {"-- .helix/languages.toml --\n[language-server.gopls.config]\nvulncheck = \"Imports\"\n", want{verdict.Pass, "Helix", ".helix/languages.toml:2"}},
		"broken":     {vscode("{"), want{verdict.Unknown, "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := editors.Collect(treetest.Open(t, c.repo)).GoModDiagnostics()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestPreCommit(t *testing.T) {
	hooks := func(repo, rev, hook string) string {
		return "-- .pre-commit-config.yaml --\nrepos:\n- repo: " + repo + "\n  rev: " + rev + "\n  hooks:\n  - " + hook + "\n"
	}
	const lint = "https://github.com/golangci/golangci-lint"
	local := "-- .pre-commit-config.yaml --\nrepos:\n- repo: local\n  hooks:\n  - id: v\n    entry: go vet ./...\n    language: system\n"
	lefthook := func(run string) string {
		return "-- lefthook.yml --\npre-commit:\n  commands:\n    lint:\n      run: " + run + "\n"
	}
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"nothing":        {"-- a --\n", want{verdict.Fail, "no commit hooks", ""}},
		"pinned":         {hooks(lint, "v2.15.0", "id: golangci-lint"), want{verdict.Pass, "before each commit", ".pre-commit-config.yaml:5"}},
		"commit":         {hooks(lint, "8c929e0", "id: golangci-lint-full"), want{verdict.Pass, "", ""}},
		"branch":         {hooks(lint, "main", "id: golangci-lint"), want{verdict.Fail, "whatever version", ".pre-commit-config.yaml:5"}},
		"local":          {local, want{verdict.Pass, "", ".pre-commit-config.yaml:4"}},
		"swallowed":      {strings.Replace(local, "./...", "./... || true", 1), want{verdict.Fail, "stops no commit: its failure is swallowed", ""}},
		"manual":         {local + "    stages: [manual]\n", want{verdict.Fail, "only when asked for", ""}},
		"by default":     {strings.Replace(local, "repos:", "default_stages: [manual]\nrepos:", 1), want{verdict.Fail, "only when asked for", ""}},
		"push":           {local + "    stages: [pre-push]\n", want{verdict.Pass, "", ""}},
		"no Go":          {hooks("https://github.com/pre-commit/pre-commit-hooks", "v4.4.0", "id: trailing-whitespace"), want{verdict.Fail, "do not look at Go", ".pre-commit-config.yaml:5"}},
		"lefthook":       {lefthook("golangci-lint run"), want{verdict.Pass, "", "lefthook.yml:4"}},
		"lefthook jobs":  {"-- lefthook.yml --\npre-commit:\n  jobs:\n    - run: npm test\n    - group:\n        jobs:\n          - run: make lint\n", want{verdict.Pass, "", "lefthook.yml:6"}},
		"lefthook TOML":  {"-- lefthook.toml --\n[pre-commit.commands.vet]\nrun = \"go vet ./...\"\n", want{verdict.Pass, "", "lefthook.toml:2"}},
		"no exit code":   {lefthook("golangci-lint run --issues-exit-code=0"), want{verdict.Fail, "findings do not fail it", ""}},
		"if installed":   {lefthook("|\n        if command -v golangci-lint; then\n          golangci-lint run\n        else\n          echo not installed\n        fi"), want{verdict.Fail, "not installed", ""}},
		"skipped":        {lefthook("go vet ./...\n      skip: true"), want{verdict.Fail, "skipped", ""}},
		"only some":      {lefthook("go vet ./...\n      skip: [merge]"), want{verdict.Pass, "", ""}},
		"husky":          {"-- .husky/pre-commit --\n#!/bin/sh\n# go vet\nnpx lint-staged\ngo vet ./...\n", want{verdict.Pass, "", ".husky/pre-commit:4"}},
		"husky, no Go":   {"-- webui/.husky/pre-commit --\nyarn lint-staged\n", want{verdict.Fail, "do not look at Go", "webui/.husky/pre-commit:1"}},
		"git":            {"-- .githooks/pre-push --\ngo test -race ./...\n", want{verdict.Pass, "", ".githooks/pre-push:1"}},
		"git, of hooks":  {"-- hooks/pre-commit --\n#!/bin/sh\nmake test-short\n", want{verdict.Pass, "", "hooks/pre-commit:2"}},
		"another hook":   {"-- hooks/pre-checkout --\ngo vet ./...\n", want{verdict.Fail, "no commit hooks", ""}},
		"broken":         {"-- .pre-commit-config.yaml --\nrepos: [\n", want{verdict.Unknown, "cannot be read", ".pre-commit-config.yaml:1"}},
		"not the root's": {"-- sub/lefthook.yml --\npre-commit: {commands: {a: {run: go vet}}}\n", want{verdict.Fail, "no commit hooks", ""}},
		"settings":       {vscode("{"), want{verdict.Fail, "no commit hooks", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := editors.Collect(treetest.Open(t, c.repo)).PreCommit()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

// No settings make the reader fail.
func FuzzSettings(f *testing.F) {
	f.Add(goplsVSCode, "[language-server.gopls.config]\nvulncheck = \"Imports\"\n[[language]]\nname = \"go\"\n", "repos: [{repo: local, hooks: [{id: a}]}]")
	f.Add(`{"lsp": {"gopls": {"binary": {"path": "rass"}}}}`, "a = [", "pre-commit: {commands: {a: {run: go vet}}}")
	f.Fuzz(func(t *testing.T, js, tml, yml string) {
		r := editors.Collect(treetest.Files(t, map[string]string{
			".vscode/settings.json": js, ".zed/settings.json": js, ".vscode/extensions.json": js,
			".helix/languages.toml": tml, "lefthook.toml": tml, ".pre-commit-config.yaml": yml, "lefthook.yml": yml, ".nvim.lua": yml,
		}))
		for _, v := range []verdict.Result{r.Hints("hotdefer"), r.SameAsCI(editors.CI{Golangci: true}), r.GoModDiagnostics(), r.PreCommit()} {
			if v.Reason == "" {
				t.Errorf("a result without a reason: %+v", v)
			}
		}
	})
}
