package gounbounded_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/gounbounded"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, gounbounded.Rule) }
