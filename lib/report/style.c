/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/style.h"

#include <stddef.h>

/* clang-format off */
const char *const dc_report_style[] = {
	":root{color-scheme:light dark;--paper:#f7f6f3;--card:#fff;--ink:#23262b;--soft:#5d636d;"
	"--line:#dddad3;--link:#1d5d8f;--good:#1f6b43;--warn:#8a5a00;--bad:#a62b23;--mark:#fff2cc}",
	"@media(prefers-color-scheme:dark){:root{--paper:#16181c;--card:#1e2126;--ink:#e4e6ea;--soft:#a2a8b3;"
	"--line:#363b44;--link:#8cc2f0;--good:#7fd0a3;--warn:#e5b85c;--bad:#ff9a90;--mark:#4a3d12}}",
	"*{box-sizing:border-box}",
	"body{margin:0;overflow-wrap:anywhere;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}",
	"header,main,footer{max-width:62rem;margin:0 auto;padding:1.5rem}",
	"header{padding-bottom:0}",
	"footer{color:var(--soft);font-size:.875rem}",
	"h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}",
	"h2{font-size:1.25rem;margin:2.25rem 0 .75rem}",
	"h4{font-size:.9375rem;margin:1rem 0 .25rem}h3{font-size:1rem;margin:1.25rem 0 .5rem}",
	"p{margin:.5rem 0}",
	"a{color:var(--link)}",
	":focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}",
	".skip{position:absolute;left:-100rem;background:var(--card);padding:.5rem 1rem;"
	"border:2px solid var(--link)}",
	".skip:focus{left:1rem;top:.5rem;z-index:1}",
	"code,pre{font-family:ui-monospace,monospace;font-size:.875rem}",
	"pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;"
	"margin:.5rem 0;white-space:pre-wrap;overflow-wrap:anywhere}",
	"bdi,dd,.text{overflow-wrap:anywhere;overflow:clip}",
	".text{white-space:pre-wrap;background:var(--paper);border:1px solid var(--line);border-radius:6px;"
	"padding:.75rem 1rem;contain:paint;tab-size:8}",
	"textarea{display:block;width:100%;font:inherit;color:inherit;resize:vertical;field-sizing:content}",
	".columns{tab-size:12rem;font-size:.9375rem}",
	"dt,dd,.columns{unicode-bidi:plaintext}",
	".cols{display:grid;gap:0 2rem;margin-bottom:1.25rem;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr))}",
	".cols>div{min-width:0}",
	".card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1.25rem}",
	".verdict{border-left:5px solid var(--good);font-size:1.125rem}",
	".verdict.ask{border-left-color:var(--bad)}",
	".verdict p{margin:0}",
	".verdict p+p{margin-top:.25rem}",
	".tiles{display:flex;flex-wrap:wrap;gap:.75rem;padding:0;margin:1rem 0;list-style:none}",
	".tiles li{flex:1 1 9rem;background:var(--card);border:1px solid var(--line);border-radius:8px;"
	"padding:.75rem 1rem}",
	".tiles b{display:block;font-size:1.75rem;line-height:1.1;font-variant-numeric:tabular-nums}",
	".tiles span{color:var(--soft);font-size:.875rem}",
	"dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.25rem 1rem;margin:.5rem 0}",
	"dt{color:var(--soft)}",
	"dd{margin:0;min-width:0}",
	"details>summary{cursor:pointer}",
	".account{margin:.75rem 0;background:var(--card);border:1px solid var(--line);border-radius:8px;"
	"content-visibility:auto;contain-intrinsic-size:auto 3.5rem}",
	".account>summary{padding:.75rem 1.25rem;font-weight:600}",
	".facts{padding:0 1.25rem;color:var(--soft)}",
	".account>summary span{font-weight:400;color:var(--soft)}",
	".draft{border-top:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 2.5rem}",
	".draft>summary{padding:.5rem 1.25rem;display:grid;grid-template-columns:9.5rem 1fr auto;gap:.75rem;"
	"align-items:baseline;list-style:none}",
	".draft>summary::-webkit-details-marker{display:none}",
	".card+.card{margin-top:.75rem}.findings .none{overflow-wrap:anywhere}",
	".draft>summary>bdi{min-width:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}",
	".draft>summary:hover,.account>summary:hover{background:color-mix(in srgb,var(--link) 8%,"
	"transparent)}",
	".draft[open]>summary{font-weight:600}",
	".draft[open]>summary>bdi{white-space:normal}",
	".draft>:not(summary){margin-left:1.25rem;margin-right:1.25rem}",
	".note{color:var(--soft);font-size:.875rem;font-weight:400;overflow-wrap:anywhere}",
	".s{font-size:.8125rem;font-weight:600;white-space:nowrap;color:var(--soft)}",
	".s::before{content:'';display:inline-block;width:.6em;height:.6em;border-radius:50%;"
	"background:currentColor;margin-right:.5em}",
	".s.good{color:var(--good)}",
	".s.warn{color:var(--warn)}",
	".s.bad{color:var(--bad)}",
	".ask>.note,.ask .asks{color:var(--bad);font-weight:600}",
	".findings{margin:.5rem 0;padding:0;list-style:none}",
	".findings>li{padding:.5rem 0 .5rem .75rem;border-left:3px solid var(--line);margin:.5rem 0}",
	".findings>.warning{border-color:var(--warn)}",
	".findings>.loss,.findings>.error{border-color:var(--bad)}",
	".findings p{margin:0}",
	".findings .do{font-weight:600}.findings .none{color:var(--soft)}",
	".jump{margin:.25rem 0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;"
	"font-size:.9375rem}",
	".jump li{max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}",
	".c{font:600 .75em ui-monospace,monospace;background:var(--mark);border-radius:3px;padding:0 .2em;"
	"unicode-bidi:isolate;direction:ltr}",
	".cut{color:var(--soft)}",
	"table{border-collapse:collapse;width:100%}",
	"th,td{text-align:left;padding:.4rem .75rem .4rem 0;vertical-align:top;"
	"border-bottom:1px solid var(--line)}",
	"th{color:var(--soft);font-weight:400;font-size:.875rem}",
	"label{margin-right:1rem}",
	"#only-ask:checked~.account:not(.ask),#only-ask:checked~.account .draft:not(.ask),"
	"#only-found:checked~.account:not(.found),#only-found:checked~.account .draft:not(.found){display:none}",
	"@media(max-width:40rem){header,main,footer{padding:1rem}"
	".draft>summary{grid-template-columns:1fr auto;gap:.25rem .75rem}.draft>summary>bdi{grid-column:1/-1;"
	"grid-row:2}dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}.account>summary,"
	".draft>summary{padding-left:1rem;padding-right:1rem}.draft>:not(summary){margin-left:1rem;margin-right:1rem}}",
	"@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb}header,main,"
	"footer{max-width:none}.skip,input,label{display:none}.account,.draft{content-visibility:visible}"
	".draft>summary>bdi{white-space:normal}details::details-content{content-visibility:visible;"
	"block-size:auto;display:block}}",
	NULL,
};
