package containers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/containers"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A want is what a check is to say: part of the reason, and one of the proofs.
type want struct {
	status verdict.Status
	words  string
	proof  string
}

func file(text string) string { return "-- Dockerfile --\n" + text + "\n" }

const digest = "@sha256:6447365a6337c3732f412d1b74357b30a633831955b2bc45552b0086be907687"

const multi = `# syntax=docker/dockerfile:1
ARG GO_VERSION=1.26.3
ARG DISTRO="bookworm"
ARG IMAGE="golang:${GO_VERSION}-${DISTRO}"

FROM --platform=$BUILDPLATFORM ${IMAGE} AS base
ENV GOFLAGS="-mod=readonly -trimpath" GOPROXY=https://proxy.example.com
WORKDIR /src

FROM base AS build-linux
ARG GO_VERSION VERSION=dev
# a comment
RUN --mount=type=cache,target=/home/go/.cache \
    --mount=type=bind,target=. \
    # another one
    set -eux; \

    CGO_ENABLED=0 xx-go build -ldflags "-X main.version=${VERSION} -X main.go=$GO_VERSION" \
      -o /out/server ./cmd/server && \
    env GOOS=linux go install ./cmd/tool

FROM build-${TARGETOS} AS build

FROM gcr.io/distroless/static` + digest + `
ENV GOMEMLIMIT 450MiB
COPY --from=build /out/server /server
ENTRYPOINT ["/server"]
`

func TestStages(t *testing.T) {
	r := containers.Collect(treetest.Open(t, file(multi)))
	if len(r.Problems) > 0 {
		t.Fatal(r.Problems)
	}
	if len(r.Stages) != 4 {
		t.Fatalf("%d stages, want 4", len(r.Stages))
	}
	base, build, last := r.Stages[0], r.Stages[1], r.Stages[3]
	if i := base.Image; i.Name != "golang" || i.Tag != "1.26.3-bookworm" || !i.Given || i.Open || i.Line != 6 {
		t.Errorf("base is from %+v", i)
	}
	if build.Base != base || r.Stages[2].Base != build {
		t.Error("stages are not built from each other")
	}
	if i := last.Image; i.Name != "gcr.io/distroless/static" || i.Digest == "" || i.Given {
		t.Errorf("the last one is from %+v", i)
	}
	var got []string
	for _, c := range build.Go {
		got = append(got, c.Place.String()+" "+strings.Join(append(c.Env, c.Argv...), "|"))
	}
	want := "Dockerfile:18 CGO_ENABLED=0|go|build|-ldflags|-X main.version=dev -X main.go=1.26.3|-o|/out/server|./cmd/server\n" +
		"Dockerfile:20 GOOS=linux|go|install|./cmd/tool"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("commands are\n%s\nwant\n%s", s, want)
	}
	if i := slices.IndexFunc(last.Settings, func(s containers.Setting) bool { return s.Name == "GOMEMLIMIT" }); i < 0 || last.Settings[i].Value != "450MiB" || last.Settings[i].Line != 25 {
		t.Errorf("the last stage sets %+v", last.Settings)
	}
	if v := r.GoVersions(); len(v) != 1 || v[0].Go != "1.26.3" {
		t.Errorf("Go is %+v", v)
	}
}

func TestCommands(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string // "LINE COMMAND", or "problem LINE"
	}{
		"exec form":      {"FROM golang\nRUN [\"go\", \"build\", \"./...\"]", "2 go build ./..."},
		"here-document":  {"FROM golang\nRUN <<EOF\nset -e\ngo build .\nEOF\nRUN go vet", "4 go build .; 6 go vet"},
		"two of them":    {"FROM golang\nCOPY <<A <<'B' /\nRUN no\nA\nRUN no\nB\nRUN go vet", "7 go vet"},
		"of a command":   {"FROM golang\nRUN cat > x <<-EOF && go build .\n\tgo no\n\tEOF\nRUN go vet", "2 go build .; 5 go vet"},
		"without end":    {"FROM golang\nRUN <<EOF\ngo build .", "problem 2"},
		"here-string":    {"FROM golang\nRUN cat <<<\"A\" && echo $((1<<N))\nRUN go vet", "3 go vet"},
		"in a condition": {"FROM golang\nRUN if [ -n \"$X\" ]; then go build -race .; fi", "2 go build -race ."},
		"full path":      {"FROM golang\nRUN /usr/local/go/bin/go build .", "2 go build ."},
		"lower case":     {"from golang as b\nrun go build .", "2 go build ."},
		"no shell":       {"FROM golang\nRUN (((", "problem 2"},
		"PowerShell":     {"# escape=`\nFROM golang\nRUN if ($x) { `\n  go build }\nRUN x", ""},
		"by SHELL":       {"FROM golang\nSHELL [\"powershell\", \"-Command\"]\nRUN if ($x) { go build }", ""},
		"Windows":        {"FROM mcr.microsoft.com/windows/servercore\nRUN if ($x) { go build }", ""},
		"not known":      {"FROM golang\nINCLUDE x\nRUN go vet", "problem 2; 3 go vet"},
		"no image":       {"FROM\n", "problem 1"},
		"variable":       {"FROM golang\nENV OUT /bin/x\nRUN go build -o ${OUT:-y} ${TAGS:+-tags=$TAGS}", "3 go build -o /bin/x ${TAGS:+-tags=$TAGS}"},
		"end of file":    {"FROM golang\nRUN go vet \\", "2 go vet"},
		"deep":           {"FROM golang\nRUN " + strings.Repeat("$(", 100_000) + "\nRUN go vet", "problem 2; 3 go vet"},
		"many stages":    {"FROM golang\n" + strings.Repeat("FROM golang\nENV A=b\n", 600) + "RUN go vet", "problem 1000"},
		"echo":           {"FROM golang\nRUN echo go build", ""},
		"CRLF":           {"FROM golang\r\nRUN go \\\r\n  vet\r\n", "2 go vet"},
	} {
		t.Run(name, func(t *testing.T) {
			r := containers.Collect(treetest.Open(t, file(c.text)))
			var got []string
			for _, p := range r.Problems {
				got = append(got, "problem "+strings.TrimPrefix(p.String(), "Dockerfile:"))
			}
			for _, s := range r.Stages {
				for _, c := range s.Go {
					got = append(got, strings.TrimPrefix(c.Place.String(), "Dockerfile:")+" "+strings.Join(c.Argv, " "))
				}
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("commands are %q, want %q", s, c.want)
			}
		})
	}
}

func TestBaseImageCentral(t *testing.T) {
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"digest and ARG": {file(multi), want{verdict.Pass, "by a digest or by an ARG", "Dockerfile:6"}},
		"tag":            {file("FROM alpine:3.22"), want{verdict.Fail, "neither by a digest nor by an ARG", "Dockerfile:1"}},
		"no tag":         {file("FROM registry:5000/a/b"), want{verdict.Fail, "", "Dockerfile:1"}},
		"ARG of latest":  {file("ARG V=latest\nFROM alpine:$V"), want{verdict.Fail, "", "Dockerfile:2"}},
		"ARG of none":    {file("ARG BASE\nFROM $BASE"), want{verdict.Pass, "", "Dockerfile:2"}},
		"scratch":        {file("FROM scratch"), want{verdict.NotApplicable, "ships", ""}},
		"two versions":   {file("ARG V=1.26\nFROM golang:$V") + "-- cmd/x/Dockerfile --\nARG V=1.25\nFROM golang:$V\n", want{verdict.Fail, "different versions", "cmd/x/Dockerfile:2"}},
		"two variants":   {file("ARG V=1.26\nFROM golang:$V-alpine\nFROM golang:$V"), want{verdict.Pass, "", ""}},
		"example":        {"-- examples/Dockerfile --\nFROM alpine\n", want{verdict.NotApplicable, "only examples", "examples/Dockerfile:1"}},
		"vendored":       {"-- vendor/x/Dockerfile --\nFROM alpine\n", want{verdict.NotApplicable, "no Dockerfile", ""}},
		"template":       {"-- Dockerfile.tmpl --\nFROM {{ .X }}\n", want{verdict.NotApplicable, "", ""}},
		"broken":         {file("FROM golang" + digest + "\n{{ if }}\n"), want{verdict.Unknown, "Dockerfile:2 cannot be read", "Dockerfile:2"}},
		"broken example": {file("FROM golang"+digest) + "-- examples/Dockerfile --\n{{\n", want{verdict.Pass, "", ""}},
		"Containerfile":  {"-- Containerfile --\nFROM alpine\n", want{verdict.Fail, "", "Containerfile:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := containers.Collect(treetest.Open(t, c.repo)).BaseImageCentral()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestEnvCentral(t *testing.T) {
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"base":      {file(multi), want{verdict.Pass, "GOFLAGS is the same", "Dockerfile:7"}},
		"own":       {file("FROM golang:1.26\nARG GOFLAGS=-trimpath\nRUN go build ."), want{verdict.Pass, "", "Dockerfile:2"}},
		"none":      {file("FROM golang:1.26\nRUN go build ."), want{verdict.Fail, "not set", "Dockerfile:1"}},
		"one of":    {file(multi) + "-- x/Dockerfile --\nFROM golang:1.26\nRUN go build .\n", want{verdict.Fail, "not set", "x/Dockerfile:1"}},
		"differ":    {file(multi) + "-- x/Dockerfile --\nFROM golang:1.26\nENV GOFLAGS=-v\nRUN go build .\n", want{verdict.Fail, "differs where Go is built: -mod=readonly -trimpath; -v", "x/Dockerfile:2"}},
		"own image": {file("FROM example.com/build-base\nRUN go build ."), want{verdict.Unknown, "image that is not looked into", "Dockerfile:1"}},
		"a tool":    {file("FROM golang:1.26\nRUN go install example.com/x@v1.0.0"), want{verdict.NotApplicable, "no Dockerfile builds the Go code", ""}},
		"no build":  {file("FROM alpine\nCOPY server /"), want{verdict.NotApplicable, "", ""}},
		"broken":    {file("FROM alpine\nRUN ((("), want{verdict.Unknown, "the shell cannot read it", "Dockerfile:2"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := containers.Collect(treetest.Open(t, c.repo)).EnvCentral("GOFLAGS")
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
	treetest.Want(t, containers.Collect(treetest.Open(t, file(multi))).EnvCentral("GOPROXY"), verdict.Pass, "GOPROXY", "Dockerfile:7")
}

func TestGoVersions(t *testing.T) {
	for name, c := range map[string]struct {
		repo, version string
		open          bool
	}{
		"patch":      {"FROM golang:1.26.3", "1.26.3", false},
		"minor":      {"FROM golang:1.26-alpine", "1.26", false},
		"of CI":      {"FROM cimg/go:1.26.3", "1.26.3", false},
		"major":      {"FROM golang:1-alpine", "", false},
		"latest":     {"FROM golang", "", false},
		"ARG":        {"ARG V\nFROM golang:$V", "", true},
		"ARG latest": {"ARG V=latest\nFROM golang:$V", "", true},
		"ARG major":  {"ARG V=1\nFROM golang:${V}-alpine", "", true},
		"ARG patch":  {"ARG V=1.26.3\nFROM golang:$V", "1.26.3", false},
	} {
		t.Run(name, func(t *testing.T) {
			got := containers.Collect(treetest.Open(t, file(c.repo))).GoVersions()
			if len(got) != 1 || got[0].Go != c.version || got[0].Open != c.open || got[0].File != "Dockerfile" {
				t.Errorf("%+v", got)
			}
		})
	}
	if got := containers.Collect(treetest.Open(t, file("FROM alpine"))).GoVersions(); len(got) != 0 {
		t.Errorf("an image without Go is %+v", got)
	}
}

func TestBuildsSound(t *testing.T) {
	build := func(command string) string { return file("FROM golang:1.26\nRUN " + command) }
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"sound":         {build("go build -trimpath -ldflags='-s -w' ."), want{verdict.Pass, "turns optimization", "Dockerfile:2"}},
		"no inlining":   {build("go build -gcflags=-l ."), want{verdict.Fail, "without inlining", "Dockerfile:2"}},
		"in all":        {build("go build -gcflags='all=-N -l' ."), want{verdict.Fail, "without optimization", ""}},
		"next word":     {build("go build -gcflags \"all=-l\" ."), want{verdict.Fail, "without inlining", ""}},
		"other flags":   {build("go build -gcflags=-lang=go1.20 ."), want{verdict.Pass, "", ""}},
		"race":          {build("go build -race ."), want{verdict.Fail, "race detector", ""}},
		"no race":       {build("go build -race=false ."), want{verdict.Pass, "", ""}},
		"no commit":     {build("GOFLAGS=-buildvcs=false go build ."), want{verdict.Fail, "without its commit", ""}},
		"by ENV":        {file("FROM golang\nENV GOFLAGS=-buildvcs=false\nRUN go build ."), want{verdict.Fail, "without its commit", "Dockerfile:3"}},
		"by make":       {build("make -e TAGS=x cmd/pay/pay") + "-- Makefile --\nall:\ncmd/pay/pay:\n\tgo build -tags $(TAGS) -race -o $@ ./cmd/pay\n", want{verdict.Fail, "race detector", "Makefile:3"}},
		"sound by make": {file("FROM golang:1.26\nARG TARGET\nRUN cd /src && make $TARGET build") + "-- Makefile --\nbuild: gen\n\tgo build .\ngen:\n\tgo generate\n", want{verdict.Pass, "", "Makefile:2"}},
		"several":       {file("FROM golang:1.26\nARG TARGETS=\"gen build\"\nRUN GOOS=linux make ${TARGETS}") + "-- Makefile --\nbuild:\n\tgo build -race .\ngen:\n\tgo generate\n", want{verdict.Fail, "race detector", "Makefile:2"}},
		"of a test":     {"-- x/integrationtest/Dockerfile --\nFROM golang\nRUN go build -race .\n", want{verdict.NotApplicable, "only examples, tests", ""}},
		"published":     {build("go install example.com/m@latest"), want{verdict.NotApplicable, "that is here", ""}},
		"its own make":  {"-- pay/Dockerfile --\nFROM golang\nRUN make\n-- pay/Makefile --\nbuild:\n\tgo build -gcflags=-N .\n", want{verdict.Fail, "without optimization", "pay/Makefile:2"}},
		"ENV and make":  {file("FROM golang\nENV GOFLAGS=-buildvcs=false\nRUN make") + "-- Makefile --\nbuild:\n\tgo build .\n", want{verdict.Fail, "without its commit", "Makefile:2"}},
		"by promu":      {build("make build") + "-- Makefile --\nPROMU := $(GOPATH)/bin/promu-v0.17.0\nbuild: $(PROMU)\n\t$(PROMU) build\n$(PROMU):\n\tgo build -modfile=promu.mod -o $@ github.com/prometheus/promu\n", want{verdict.Unknown, "which is not read", "Makefile:3"}},
		"by goreleaser": {build("goreleaser build"), want{verdict.Unknown, "", "Dockerfile:2"}},
		"make of no Go": {build("make assets") + "-- Makefile --\nassets:\n\tnpm ci\n", want{verdict.NotApplicable, "no Dockerfile builds the Go code", ""}},
		"test":          {build("go test -race ./..."), want{verdict.NotApplicable, "", ""}},
		"of a debugger": {"-- Dockerfile.debug --\nFROM golang\nRUN go build -gcflags=-N .\n", want{verdict.NotApplicable, "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := containers.Collect(treetest.Open(t, c.repo)).BuildsSound()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

// Any text is read to its end, quickly, and each place is one of the file's lines.
func FuzzDockerfile(f *testing.F) {
	f.Add(multi)
	f.Add("FROM a\nRUN <<A <<-'B'\ngo build\nA\n\tB\nENV a=$a b='c d' e\\ f=g\nARG X=${X:-${Y:+z}}\n")
	f.Add("# escape=`\nfrom a as b\nFROM b\nRUN [\"go\", `\n \"vet\"]\nONBUILD RUN x")
	f.Fuzz(func(t *testing.T, text string) {
		r := containers.Collect(treetest.Files(t, map[string]string{"Dockerfile": text}))
		lines := strings.Count(text, "\n") + 1
		for _, s := range r.Stages {
			for _, c := range s.Go {
				if c.Line < 1 || c.Line > lines || len(c.Argv) < 2 {
					t.Errorf("%q stands in line %d of %d", c.Argv, c.Line, lines)
				}
			}
		}
		for _, v := range []verdict.Result{r.BaseImageCentral(), r.EnvCentral("GOFLAGS"), r.BuildsSound()} {
			if v.Reason == "" {
				t.Errorf("a result without a reason: %+v", v)
			}
		}
	})
}
