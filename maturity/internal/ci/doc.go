// Package ci tells what continuous integration of a repository really holds up.
//
// [Collect] reads the configuration of GitHub Actions (and of Forgejo and Gitea,
// which have the same format), GitLab CI, CircleCI, Buildkite, Azure Pipelines and
// Jenkins, and follows each job through scripts, Makefiles, templates and actions of
// the repository to the commands that it runs. A [Gate] is such a command, with the
// moments at which it runs and, if its failure stops nothing, the reason why.
//
// The checks are methods of [Result]. Each asks for gates of a [Kind] that run on
// pull requests and on what is released. One that could not be followed to its
// commands makes a check unknown, if nothing else passes it.
//
// Whether a host merges although a job fails is a setting of the host, which no file
// of the repository tells: a gate that fails its job counts as one that holds.
package ci
