package main

import "strings"

// payClasses are the classes that payers' and public pages may use; pay.css holds their rules and no others.
// webtest.CheckClasses fails on a page that uses a styled class missing here.
var payClasses = strings.Fields(`
	js can-share js-only share-only keys-off
	skip wrap wrap--text wrap--pay main stack stack--s stack--l row row--between row--top act grid grid--2 grid--half grid--4
	masthead masthead__in masthead__end brand brand--sub foot sample-bar
	icon lotus water money money--big num code note over lead n tab
	btn btn--main btn--quiet btn--tall btn--full
	sheet sheet--due sheet--paid sheet--wait sheet--flat sheet__head tear
	tag tag--paid tag--need tag--danger tag--sample
	notice notice--need notice--danger notice--paid
	field label hint input input--code input--short input--file field--error error error-summary choice
	lines pairs copy copy__l copy__v qr steps more paybar paybar__sum paygrid
	verdict verdict__mark verdict__mark--paid verdict__mark--wait timeline next
	empty crumbs
	ask ask__in ask__grid inline-form doors door
	vh right center nowrap mt-0 mt-2 mt-4 mt-5 mt-6 muted ok need bad measure wide-only phone-only no-print
`)
