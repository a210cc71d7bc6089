package walltime_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/walltime"
)

func Test(t *testing.T) { ruletest.Run(t, walltime.Rule) }
