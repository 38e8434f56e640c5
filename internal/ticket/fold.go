package ticket

import "strings"

// folded gives a text as it is compared in a search: in small letters and without
// the marks on them, so that "khong" finds "không". It is written for Latin script;
// marks of other scripts are letters of their own and stay.
func folded(text string) string {
	text = strings.ToLower(text)
	plain := strings.IndexFunc(text, func(r rune) bool { return r >= 0x80 })
	if plain < 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	b.WriteString(text[:plain])
	for _, r := range text[plain:] {
		if combining(r) {
			continue
		}
		if base, marked := unmarked[r]; marked {
			b.WriteString(base)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// combining tells whether the rune is a mark on the Latin letter before it ("Combining
// Diacritical Marks", Unicode).
func combining(r rune) bool { return r >= 0x300 && r <= 0x36F }

// unmarked gives the plain letters for each small Latin letter that has a mark or is
// written as two.
var unmarked = func() map[rune]string {
	letters := map[string]string{
		"a": "àáâãäåāăąǎǟǡǻȁȃȧᶏḁẚạảấầẩẫậắằẳẵặ", "ae": "æǣǽ", "b": "ƀƃɓḃḅḇ", "c": "çćĉċčƈȼḉ", "d": "ďđƌȡɖɗḋḍḏḑḓð", "dz": "ǆǳ",
		"e": "èéêëēĕėęěȅȇȩɇḕḗḙḛḝẹẻẽếềểễệ", "f": "ƒḟ", "g": "ĝğġģǥǧǵɠḡ", "h": "ĥħȟɦḣḥḧḩḫẖ", "i": "ìíîïĩīĭįǐȉȋɨıḭḯỉị", "ij": "ĳ",
		"j": "ĵǰɉ", "k": "ķƙǩḱḳḵ", "l": "ĺļľŀłƚɫḷḹḻḽ", "lj": "ǉ", "m": "ḿṁṃ", "n": "ñńņňŉǹƞɲṅṇṉṋ", "nj": "ǌ",
		"o": "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱɵṍṏṑṓọỏốồổỗộớờởỡợ", "oe": "œ", "p": "ƥṕṗ", "r": "ŕŗřȑȓɍṙṛṝṟ", "s": "śŝşšșȿṡṣṥṧṩſẛ", "ss": "ß",
		"t": "ţťŧƫƭțʈṫṭṯṱẗ", "th": "þ", "u": "ùúûüũūŭůűųưǔǖǘǚǜȕȗʉṳṵṷṹṻụủứừửữự", "v": "ʋṽṿ", "w": "ŵẁẃẅẇẉẘ", "x": "ẋẍ",
		"y": "ýÿŷƴȳɏẏẙỳỵỷỹ", "z": "źżžƶȥɀẑẓẕ",
	}
	found := map[rune]string{}
	for base, marked := range letters {
		for _, r := range marked {
			found[r] = base
		}
	}
	return found
}()
