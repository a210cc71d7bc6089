package ctxaccumulate_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/ctxaccumulate"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, ctxaccumulate.Rule) }
