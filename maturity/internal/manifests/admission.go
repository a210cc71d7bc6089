package manifests

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// What an admission policy may be asked to see to.
const (
	AboutTimeouts  = "timeouts"
	AboutResources = "resources"
)

// AdmissionPolicy says whether the cluster refuses, or completes, routes without timeouts
// ([AboutTimeouts]) or pods without limits of CPU ([AboutResources]): a policy of Kyverno,
// a constraint of Gatekeeper, a ValidatingAdmissionPolicy with a binding or, for limits, a
// LimitRange. A policy that only warns is named as such.
func (r *Result) AdmissionPolicy(about string) verdict.Result {
	what := map[string]string{AboutTimeouts: "timeouts", AboutResources: "limits"}[about]
	if what == "" {
		return verdict.Unseen("nothing is known of policies about " + about)
	}
	var weak, open []verdict.Place
	for _, o := range r.objects {
		a := r.admits(o, about)
		at := o.at(o.node, o.String())
		switch {
		case !a.found:
		case a.lax != "":
			at.Text += ": " + a.lax
			weak = append(weak, at)
		case a.unclear:
			at.Text += ": whether it asks for " + what + " or forbids them cannot be told"
			open = append(open, at)
		case o.patch != nil:
			open = append(open, *o.patch)
		default:
			return verdict.Passed("the cluster sees to "+what+": "+o.String(), at)
		}
	}
	switch v, done := r.nothing(onCluster, r.clusterRoutes()); {
	case len(open) > 0:
		return verdict.Unseen("there are policies about "+what+", and what they come to cannot be told", open...)
	case len(weak) > 0:
		return r.absent("the policies about "+what+" only warn", "have them refuse", weak...)
	case done:
		return v
	}
	return r.absent("no admission policy sees to "+what, "write one for Kyverno, Gatekeeper or as a ValidatingAdmissionPolicy, or give those of the platform by --manifests")
}

// An answer is what a policy says about a thing.
type answer struct {
	found   bool
	lax     string // why it does not bite
	unclear bool   // it may say the opposite
}

// admits says what o is as a policy about something.
func (r *Result) admits(o *object, about string) answer {
	spec := o.get("spec")
	switch {
	case o.kind == "LimitRange" && o.group == "" && about == AboutResources:
		for _, l := range spec.Get("limits").List() {
			if l.Get("default", "cpu").Exists() || l.Get("max", "cpu").Exists() {
				return answer{found: true}
			}
		}
	case o.group == "kyverno.io" && (o.kind == "ClusterPolicy" || o.kind == "Policy"):
		return kyverno(o, about)
	case o.group == "policies.kyverno.io" && o.kind == "ValidatingPolicy":
		a := expressions(spec, about)
		a.lax = denies(spec.Get("validationActions"), true)
		return a
	case o.group == "constraints.gatekeeper.sh":
		return r.gatekeeper(o, about)
	case o.group == "admissionregistration.k8s.io" && o.kind == "ValidatingAdmissionPolicy":
		a := expressions(spec, about)
		if a.found {
			a.lax = r.bound(o.name)
		}
		return a
	}
	return answer{}
}

// kyverno looks at each rule. One that completes what is missing bites always.
func kyverno(o *object, about string) answer {
	var a answer
	for _, rule := range o.get("spec", "rules").List() {
		if !matches(rule.Get("match"), about) {
			continue
		}
		made := rule.Get("generate")
		if asks(rule.Get("mutate"), about) || about == AboutResources && made.Get("kind").Text() == "LimitRange" && mentions(made, "cpu") {
			return answer{found: true}
		}
		validate := rule.Get("validate")
		cel := expressions(validate.Get("cel"), about)
		pattern := slices.ContainsFunc([]string{"pattern", "anyPattern", "foreach"}, func(k string) bool { return asks(validate.Get(k), about) })
		denied := mentioned(validate.Get("deny"), about)
		if !pattern && !cel.found && !denied {
			continue
		}
		action := validate.Get("failureAction").Text()
		if action == "" {
			action = o.get("spec", "validationFailureAction").Text()
		}
		switch {
		case !strings.EqualFold(action, "enforce"):
			a.found, a.lax = true, "it only audits: validationFailureAction is not Enforce"
		case pattern || cel.found && !cel.unclear:
			return answer{found: true}
		default:
			a = answer{found: true, unclear: true}
		}
	}
	return a
}

// matches reports whether a policy matches what a thing is about: routes have timeouts.
// Limits are those of pods, which are matched by too many names to go by.
func matches(match yamltree.Node, about string) bool {
	if about != AboutTimeouts {
		return true
	}
	return slices.ContainsFunc(
		[]string{"virtualservice", "httproute", "grpcroute", "ingress", "httpproxy", "serviceprofile", "backendtrafficpolicy"},
		func(kind string) bool { return mentions(match, kind) })
}

// asks reports whether a pattern of Kyverno asks for a thing, or adds it. A key in
// brackets is a condition, one behind an X is not to be there.
func asks(n yamltree.Node, about string) bool {
	for v := range n.All() {
		for k, below := range v.Fields() {
			key, ok := required(k)
			if !ok {
				continue
			}
			if about == AboutTimeouts && strings.Contains(strings.ToLower(key), "timeout") {
				return true
			}
			if about == AboutResources && key == "limits" && requires(below, "cpu") {
				return true
			}
		}
	}
	return false
}

// required returns the key that a pattern asks for; those with the anchor "+" are added.
func required(key string) (string, bool) {
	if inner, ok := strings.CutPrefix(key, "+("); ok {
		return strings.TrimSuffix(inner, ")"), true
	}
	return key, !strings.HasSuffix(key, ")")
}

func requires(n yamltree.Node, key string) bool {
	for k := range n.Fields() {
		if name, ok := required(k); ok && name == key {
			return true
		}
	}
	return false
}

// expressions looks at expressions of CEL, which must hold. One with a negation may ask
// for a thing or forbid it.
func expressions(n yamltree.Node, about string) answer {
	match := n.Get("matchConstraints")
	if match.Exists() && !matches(match, about) {
		return answer{}
	}
	var a answer
	for _, key := range []string{"validations", "expressions", "variables"} {
		for _, e := range n.Get(key).List() {
			if named(e.Get("expression").Text(), about) {
				a.found = true
				a.unclear = a.unclear || negation.MatchString(e.Get("expression").Text())
			}
		}
	}
	return a
}

// named reports whether an expression speaks of a thing.
func named(expression, about string) bool {
	if about == AboutResources {
		return limitOfCPU.MatchString(expression)
	}
	return strings.Contains(strings.ToLower(expression), "timeout")
}

// limitOfCPU is limits.cpu, limits["cpu"], limits[?'cpu'], or 'cpu' in x.limits.
var limitOfCPU = pattern.New(`limits[\[\].?'"]+cpu|['"]cpu['"]\s+in\s+[\w.?\[\]]*limits`)

var negation = pattern.New(`![^=]`)

// mentioned reports whether a thing is named, in whatever sense.
func mentioned(n yamltree.Node, about string) bool {
	if about == AboutResources {
		return mentions(n, "limits") && mentions(n, "cpu")
	}
	return mentions(n, "timeout")
}

// gatekeeper looks at a constraint: its parameters or, for one that the library does not
// have, its template.
func (r *Result) gatekeeper(o *object, about string) answer {
	if !matches(o.get("spec", "match"), about) {
		return answer{}
	}
	parameters := o.get("spec", "parameters")
	var a answer
	switch {
	case about == AboutResources && o.kind == "K8sContainerLimits":
		a.found = parameters.Get("cpu").Exists() && parameters.Get("cpu").Text() != "-1"
	case about == AboutResources && o.kind == "K8sRequiredResources":
		a.found = slices.Contains(parameters.Get("limits").Texts(), "cpu")
	default:
		a.found = mentioned(r.constraintTemplate(o.kind).Get("targets"), about)
	}
	if action := o.get("spec", "enforcementAction").Text(); action != "" && action != "deny" && action != "scoped" {
		a.lax = "its enforcementAction is " + action
	}
	return a
}

func (r *Result) constraintTemplate(kind string) yamltree.Node {
	for _, o := range r.byKind["ConstraintTemplate"] {
		if o.get("spec", "crd", "spec", "names", "kind").Text() == kind {
			return o.get("spec")
		}
	}
	return yamltree.Node{}
}

// bound says why a ValidatingAdmissionPolicy does not bite, or "".
func (r *Result) bound(policy string) string {
	lax := "nothing binds it"
	for _, o := range r.byKind["ValidatingAdmissionPolicyBinding"] {
		if o.get("spec", "policyName").Text() == policy {
			if lax = denies(o.get("spec", "validationActions"), false); lax == "" {
				return ""
			}
		}
	}
	return lax
}

// denies says why actions do not refuse anything, or "".
func denies(actions yamltree.Node, byDefault bool) string {
	if !actions.Exists() && byDefault || slices.Contains(actions.Texts(), "Deny") {
		return ""
	}
	return "its validationActions have no Deny"
}

// mentions reports whether a key or text within n contains a word, in whatever case.
func mentions(n yamltree.Node, word string) bool {
	for v := range n.All() {
		if strings.Contains(strings.ToLower(v.Text()), word) {
			return true
		}
		for k := range v.Fields() {
			if strings.Contains(strings.ToLower(k), word) {
				return true
			}
		}
	}
	return false
}
