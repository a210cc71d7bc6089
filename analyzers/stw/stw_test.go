package stw_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/stw"
)

func Test(t *testing.T) { ruletest.Run(t, stw.Rule) }
