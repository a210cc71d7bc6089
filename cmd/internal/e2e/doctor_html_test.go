//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/lagvet/lagvet/cmd/internal/doctor"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// posturePage writes the page of a report of lagvet doctor, and returns its path.
func posturePage(t *testing.T, r *posture.Report) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "größer #2 50%.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(doctor.HTML(f, r), f.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

// postureReport returns a report with checks of every verdict in several groups.
func postureReport() *posture.Report {
	r := &posture.Report{
		Subject: posture.Subject{Kind: "process", PID: 4711, Exe: "/srv/größer/app " + hostile, Go: "go1.26.8", OS: "linux", Arch: "amd64"},
		Profile: "latency", Time: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Over: 10 * time.Second,
	}
	verdicts := []posture.Verdict{posture.Pass, posture.Fail, posture.Warn, posture.Unknown, posture.NotApplicable, posture.Pass}
	for _, group := range []string{"pinning", "cgroup", "gc", "kernel"} {
		for i := range 12 {
			v := verdicts[i%len(verdicts)]
			c := posture.Check{
				ID: fmt.Sprintf("%s.check_%d", group, i), Verdict: v, Current: fmt.Sprintf("%d of a quota of 2.5 CPUs", i), Required: "at most 2 CPUs",
				Source: "/sys/fs/cgroup/" + strings.Repeat("kubepods.slice/", i%4) + "cpu.max", Grade: posture.Kernel,
				Why:    "a thread that is throttled waits for the next period with all that it holds " + hostile,
				Mend:   "raise the quota, or set GOMAXPROCS to 2",
				Advice: "https://go.dev/doc/go1.25", Doubt: "a quota may be meant",
			}
			switch {
			case v == posture.Unknown:
				c.Current, c.Why = "", "reading it is not permitted"
			case v == posture.NotApplicable && i < 6:
				c.Current, c.Why, c.Mend = "", "this kernel is built without it", ""
			case v == posture.Fail:
				c.Details = []string{"thread 1 " + hostile, "thread 2"}
			}
			r.Checks = append(r.Checks, c)
		}
	}
	return r
}

const checkCount = `[...document.querySelectorAll('.checks > li')].filter((l) => l.checkVisibility()).length`

func TestDoctorHTML(t *testing.T) {
	ctx := chromium(t)
	r := postureReport()
	file := posturePage(t, r)
	tests := []struct {
		name string
		test func(*browser, *posture.Report)
	}{
		{"says all", (*browser).saysPosture},
		{"filters", (*browser).filtersPosture},
		{"keyboard", (*browser).keysOfPosture},
		{"schemes", (*browser).schemesOfPosture},
		{"names", func(b *browser, _ *posture.Report) { b.assistive(50) }},
		{"narrow", (*browser).narrowPosture},
		{"print", (*browser).printsPosture},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(browse(t, ctx, file), r) })
	}
	wants := []string{r.Checks[1].Mend}
	for _, c := range r.Checks {
		wants = append(wants, c.ID)
	}
	t.Run("without script", func(t *testing.T) { withoutScript(t, ctx, file, wants...) })
}

func (b *browser) saysPosture(r *posture.Report) {
	b.shoot("doctor-light-1280")
	is(b, checkCount, len(r.Checks))
	is(b, `document.querySelectorAll('.group').length`, 4)
	is(b, `document.querySelectorAll('details[open]').length`, 16) // FAIL and WARN
	is(b, `document.querySelector('h1').className`, "verdict found")
	is(b, `document.querySelectorAll('img, iframe, object, embed, link[rel=stylesheet]').length`, 0)
	text := eval[string](b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), document.body.innerText`)
	for _, want := range []string{
		"rocess 4711 (/srv/größer/app " + hostile, "8 FAIL, 8 WARN, 8 UNKNOWN, 16 PASS, 8 NOT APPLICABLE, by the profile latency.", "Counters are those of the last 10s.",
		"required: at most 2 CPUs", "2 of a quota", "/sys/fs/cgroup/kubepods.slice/cpu.max", "why\n", hostile, "mend: raise the quota", "a quota may be meant", "thread 2", "reading it is not permitted", "this kernel is built without it",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
			b.t.Errorf("the page does not say %q", want)
		}
	}
	b.shoot("doctor-open-1280")
}

func (b *browser) filtersPosture(r *posture.Report) {
	all := eval[string](b, `document.getElementById('count').textContent`)
	tests := []struct {
		id, value string
		want      int
	}{
		{"verdict", "FAIL", 8}, {"verdict", "FAIL WARN UNKNOWN", 24}, {"verdict", "NOT_APPLICABLE", 8}, {"group", "gc", 12}, {"text", "CHECK_7", 4}, {"text", "not permitted kernel.check_3", 1}, {"text", "nowhere", 0},
	}
	for _, tt := range tests {
		b.choose(tt.id, tt.value)
		is(b, checkCount, tt.want)
		says := fmt.Sprintf("%d of 48 checks.", tt.want)
		if tt.want == 0 {
			says = "No check passes the filters, out of 48."
		}
		is(b, `document.getElementById('count').textContent`, says)
		b.run(chromedp.Click(chromedp.CSS(`#reset`)))
		b.soon(checkCount + ` === 48`)
		is(b, `document.getElementById('count').textContent`, all)
	}
	b.choose("verdict", "FAIL")
	b.choose("group", "gc")
	is(b, checkCount, 2)
	is(b, `[...document.querySelectorAll('.group')].filter((g) => g.checkVisibility()).map((g) => g.id).join()`, "gc")
	b.shoot("doctor-filtered-1280")
}

// onCheck is the check that has the focus.
const onCheck = `(document.activeElement.matches('.row') ? document.activeElement.querySelector('code').textContent : document.activeElement.outerHTML.slice(0, 60))`

func (b *browser) keysOfPosture(r *posture.Report) {
	b.hit("j")
	is(b, onCheck, r.Checks[0].ID)
	is(b, `getComputedStyle(document.activeElement).outlineStyle`, "solid")
	b.press(kb.Enter)
	is(b, `document.activeElement.parentElement.open`, true)
	b.press(kb.Escape)
	is(b, `document.activeElement.parentElement.open`, false)
	b.hit("j")
	b.press(kb.ArrowDown)
	is(b, onCheck, r.Checks[2].ID)
	b.hit("k")
	is(b, onCheck, r.Checks[1].ID)
	b.hit("/")
	is(b, `document.activeElement.id`, "text")
	b.press("gc.check_1 j/k")
	is(b, `document.activeElement.value`, "gc.check_1 j/k")
	b.press(kb.Escape)
	is(b, checkCount, len(r.Checks))
	b.hit("/")
	b.press("gc.check_11")
	b.press(kb.Enter)
	is(b, onCheck, "gc.check_11")
	b.hit("j") // it is the last that passes
	is(b, onCheck, "gc.check_11")
	is(b, `document.querySelector('.skip').click(), document.activeElement.id`, "checks")
}

func (b *browser) schemesOfPosture(r *posture.Report) {
	is(b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), document.querySelectorAll('details[open]').length`, len(r.Checks))
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.soon(fmt.Sprintf(`document.getElementById('theme').getAttribute('aria-pressed') === '%v'`, scheme == "dark"))
		for _, fault := range eval[[]string](b, contrasts) {
			b.t.Errorf("%s: %s", scheme, fault)
		}
	}
	b.shoot("doctor-dark-1280")
	dark := eval[string](b, ground)
	b.run(chromedp.Click(chromedp.CSS(`#theme`)))
	if eval[string](b, ground) == dark {
		b.t.Error("the button changes nothing")
	}
	is(b, `localStorage.clear(), 1`, 1)
}

func (b *browser) narrowPosture(r *posture.Report) {
	for _, width := range []int64{400, 320} {
		b.run(chromedp.EmulateViewport(width, 800), chromedp.Reload())
		is(b, `document.scrollingElement.scrollWidth <= innerWidth`, true)
		b.shoot(fmt.Sprintf("doctor-light-%d", width))
	}
}

// On paper every check is open, in the light scheme, without what is to be clicked.
func (b *browser) printsPosture(r *posture.Report) {
	b.scheme("dark")
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	is(b, `dispatchEvent(new Event('beforeprint'))`, true)
	is(b, `document.querySelectorAll('details[open]').length`, len(r.Checks))
	is(b, `['#filters', '#theme', '.keys', '#reset'].every((s) => getComputedStyle(document.querySelector(s)).display === 'none')`, true)
	is(b, `getComputedStyle(document.body).color`, "rgb(29, 28, 26)")
	b.shoot("doctor-print")
}

// A machine with nothing to say of is a page too.
func TestDoctorHTMLOfNothing(t *testing.T) {
	b := browse(t, chromium(t), posturePage(t, &posture.Report{Subject: posture.Subject{Kind: "host", OS: "linux", Arch: "amd64"}, Profile: "p"}))
	is(b, `document.getElementById('filters').checkVisibility() || document.getElementById('reset').checkVisibility()`, false)
	is(b, `document.querySelector('h1').textContent`, "this machine (linux/amd64): nothing was looked at, by the profile p.")
	b.hit("j")
	b.hit("/")
	b.press(kb.Escape)
}

// The command makes the page that these tests look at, of a real process.
func TestDoctorHTMLOfCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "doctor.html")
	out, errs, code := process{dir: t.TempDir()}.run(t, lagvet, "doctor", "--pid", fmt.Sprint(os.Getpid()), "--fail-on", "never", "--report", "html="+file)
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	b := browse(t, chromium(t), file)
	ids := eval[[]string](b, `[...document.querySelectorAll('.checks code:not(dd code)')].map((c) => c.textContent)`)
	if len(ids) == 0 {
		t.Fatal("the page has no checks")
	}
	for _, id := range ids {
		if !strings.Contains(out, " "+id+" ") {
			t.Errorf("the text does not have %s", id)
		}
	}
	b.shoot("doctor-real-1280")
}
