package manifests

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// What an admission policy may be asked to see to.
const (
	AboutTimeouts  = "timeouts"
	AboutResources = "resources"
)

// AdmissionPolicy says whether the cluster refuses, or completes, what has no timeouts
// ([AboutTimeouts]) or no limits ([AboutResources]): a policy of Kyverno, a constraint of
// Gatekeeper, a ValidatingAdmissionPolicy with a binding or, for limits, a LimitRange. A
// policy that only warns is named as such.
func (r *Result) AdmissionPolicy(about string) verdict.Result {
	var weak []verdict.Place
	for _, o := range r.objects {
		found, lax := r.admits(o, about)
		at := o.at(o.node, o.String())
		switch {
		case !found:
		case lax != "":
			at.Text += ": " + lax
			weak = append(weak, at)
		case o.patch != nil:
			return verdict.Unseen("a policy about "+about+" is patched by an overlay", *o.patch)
		default:
			return verdict.Passed("the cluster sees to "+about+": "+o.String(), at)
		}
	}
	if len(weak) > 0 {
		return r.absent("the policies about "+about+" only warn", "have them refuse", weak...)
	}
	if v, done := r.nothing(onCluster); done {
		return v
	}
	return r.absent("no admission policy sees to "+about, "write one for Kyverno, Gatekeeper or as a ValidatingAdmissionPolicy, or give those of the platform by --manifests")
}

// admits reports whether o is a policy about something, and why it does not bite.
func (r *Result) admits(o *object, about string) (found bool, lax string) {
	switch {
	case o.kind == "LimitRange" && about == AboutResources:
		for _, l := range o.get("spec", "limits").List() {
			if l.Get("default", "cpu").Exists() || l.Get("max", "cpu").Exists() {
				return true, ""
			}
		}
	case o.group == "kyverno.io" && (o.kind == "ClusterPolicy" || o.kind == "Policy"):
		return kyverno(o, about)
	case o.group == "policies.kyverno.io" && o.kind == "ValidatingPolicy":
		return concerns(o.get("spec", "validations"), about) || concerns(o.get("spec", "variables"), about), denies(o.get("spec", "validationActions"), true)
	case o.group == "constraints.gatekeeper.sh":
		return r.gatekeeper(o, about)
	case o.group == "admissionregistration.k8s.io" && o.kind == "ValidatingAdmissionPolicy":
		if !concerns(o.get("spec", "validations"), about) && !concerns(o.get("spec", "variables"), about) {
			return false, ""
		}
		return true, r.bound(o.name)
	}
	return false, ""
}

// kyverno looks at each rule. One that completes what is missing bites always.
func kyverno(o *object, about string) (found bool, lax string) {
	for _, rule := range o.get("spec", "rules").List() {
		if concerns(rule.Get("mutate"), about) {
			return true, ""
		}
		if !concerns(rule.Get("validate"), about) {
			continue
		}
		action := rule.Get("validate", "failureAction").Text()
		if action == "" {
			action = o.get("spec", "validationFailureAction").Text()
		}
		if strings.EqualFold(action, "enforce") {
			return true, ""
		}
		found, lax = true, "it only audits: validationFailureAction is not Enforce"
	}
	return found, lax
}

func (r *Result) gatekeeper(o *object, about string) (found bool, lax string) {
	found = strings.Contains(strings.ToLower(o.kind), stem(about)) || concerns(o.get("spec", "parameters"), about)
	for _, t := range r.objects {
		if t.kind == "ConstraintTemplate" && strings.EqualFold(t.get("spec", "crd", "spec", "names", "kind").Text(), o.kind) {
			found = found || concerns(t.get("spec", "targets"), about)
		}
	}
	if action := o.get("spec", "enforcementAction").Text(); action != "" && action != "deny" && action != "scoped" {
		return found, "its enforcementAction is " + action
	}
	return found, ""
}

// stem is what names about a thing have in common.
func stem(about string) string {
	if about == AboutResources {
		return "limit"
	}
	return strings.TrimSuffix(about, "s")
}

// bound says why a ValidatingAdmissionPolicy does not bite, or "".
func (r *Result) bound(policy string) string {
	lax := "nothing binds it"
	for _, o := range r.objects {
		if o.kind == "ValidatingAdmissionPolicyBinding" && o.get("spec", "policyName").Text() == policy {
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

func concerns(n yamltree.Node, about string) bool {
	if about == AboutResources {
		return mentions(n, "limits")
	}
	return mentions(n, stem(about))
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
