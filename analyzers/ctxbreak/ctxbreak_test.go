package ctxbreak_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/ctxbreak"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, ctxbreak.Rule) }
