package procs_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/procs"
)

func Test(t *testing.T) { ruletest.Run(t, procs.Rule) }
