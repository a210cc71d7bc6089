package manifests

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Canary says whether new versions get their requests step by step, and are taken back
// by themselves when the slowest hundredth of answers takes too long: a Rollout of Argo
// with an analysis, or a Canary of Flagger.
func (r *Result) Canary() verdict.Result {
	if v, done := r.nothing(servingOnCluster, r.clusterRoutes()); done {
		return v
	}
	var t tally
	for _, o := range r.objects {
		why, at := "", o.at(o.node, o.String())
		switch {
		case o.group == "argoproj.io" && o.kind == "Rollout":
			at, why = r.rollout(o)
		case o.group == "flagger.app" && o.kind == "Canary":
			at, why = r.flagger(o)
		default:
			continue
		}
		if why != "" {
			at.Text = o.String() + ": " + why
		}
		t.add(why == "", at, doubt{patch: o.patch})
	}
	if t.total == 0 {
		return r.absent("new versions get all requests at once", "write a Rollout of Argo or a Canary of Flagger that is judged by P99")
	}
	return r.verdict(t, noun{"canary", "canaries"},
		predicate{"goes in steps and is judged by P99", "go in steps and are judged by P99"},
		predicate{"does not go in steps, or is not judged by P99", "do not go in steps, or are not judged by P99"})
}

// rollout says what a Rollout of Argo lacks, or "".
func (r *Result) rollout(o *object) (at verdict.Place, why string) {
	at = o.at(o.node, o.String())
	canary := o.get("spec", "strategy", "canary")
	if !canary.Exists() {
		return at, "its strategy is not canary"
	}
	at = o.at(canary, o.String()+", strategy.canary")
	analyses := []yamltree.Node{canary.Get("analysis")}
	steps := 0
	for _, s := range canary.Get("steps").List() {
		if s.Get("setWeight").Exists() {
			steps++
		}
		analyses = append(analyses, s.Get("analysis"))
	}
	if steps == 0 {
		return at, "it has no steps by setWeight"
	}
	why = "no analysis judges it"
	for _, a := range analyses {
		for _, t := range a.Get("templates").List() {
			template := r.template(t.Get("templateName").Text())
			if !template.Exists() {
				why = "the analysis " + t.Get("templateName").Text() + " is not in the manifests"
				continue
			}
			if at, ok := judgesP99(template.Get("spec", "metrics")); ok {
				return at, ""
			}
			why = "its analysis does not look at P99"
		}
	}
	return at, why
}

func (r *Result) template(name string) yamltree.Node {
	for _, o := range r.objects {
		if (o.kind == "AnalysisTemplate" || o.kind == "ClusterAnalysisTemplate") && o.name == name {
			return o.node
		}
	}
	return yamltree.Node{}
}

var p99 = pattern.New(`(?i)histogram_quantile\(\s*(?:0?\.99\d*|scalar)|\bp99(?:\.9+)?\b|quantile\s*=\s*"0?\.99\d*"|\b99(?:th)?[ -]?percentile|percentile_99`)

// judgesP99 returns the metric of an analysis that looks at the slowest hundredth and
// has a condition.
func judgesP99(metrics yamltree.Node) (verdict.Place, bool) {
	for _, m := range metrics.List() {
		judged := m.Get("successCondition").Exists() || m.Get("failureCondition").Exists()
		for v := range m.All() {
			if judged && p99.MatchString(v.Text()) {
				return verdict.Place{File: m.File(), Line: m.Line(), Text: "judged by P99: " + m.Get("name").Text()}, true
			}
		}
	}
	return verdict.Place{}, false
}

// flagger says what a Canary of Flagger lacks, or "". Its metric request-duration is P99.
func (r *Result) flagger(o *object) (at verdict.Place, why string) {
	analysis := o.get("spec", "analysis")
	if !analysis.Exists() {
		analysis = o.get("spec", "canaryAnalysis")
	}
	at = o.at(analysis, o.String()+", analysis")
	stepped := slices.ContainsFunc([]string{"stepWeight", "stepWeights", "iterations"}, func(k string) bool { return analysis.Get(k).Exists() })
	if !stepped {
		return at, "it has no steps"
	}
	for _, m := range analysis.Get("metrics").List() {
		bounded := m.Get("thresholdRange").Exists() || m.Get("threshold").Exists()
		name := m.Get("name").Text()
		if ref := m.Get("templateRef", "name").Text(); ref != "" {
			for _, t := range r.byKind["MetricTemplate"] {
				if t.name == ref && p99.MatchString(t.get("spec", "query").Text()) && bounded {
					return o.at(m, "judged by P99: "+name), ""
				}
			}
			continue
		}
		if bounded && (name == "request-duration" || p99.MatchString(strings.Join(m.Get("query").Texts(), " "))) {
			return o.at(m, "judged by P99: "+name), ""
		}
	}
	return at, "no metric of its analysis is P99"
}
