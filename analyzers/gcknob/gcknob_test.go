package gcknob_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/gcknob"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, gcknob.Rule) }
