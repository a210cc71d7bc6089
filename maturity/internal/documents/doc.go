// Package documents reads what people write down about a service so that others can
// check it: a checklist for each class of incident, a checklist for each release, and
// the lessons of incidents.
//
// [Collect] parses the Markdown, by default audit/concurrency.md, context.md,
// observability.md, dependency.md and modules.md beside it, audit/lessons.md,
// audit/drills.md and audit/releases/*.md, or the same below docs/. The methods of
// [Result] are the checks: who answers for a document and when it was last gone
// through, whether a section, a table or a link is there, and whether there is more in
// it than what [Templates] put there for somebody to fill in.
//
// Nothing is fetched: of a link out of the repository only its form is judged.
package documents
