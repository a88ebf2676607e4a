// The style sheet of report.html, light and dark.
#pragma once

namespace sgdyn::tools {

inline constexpr const char* report_style = R"(
:root { --page:#f6f7f9; --card:#ffffff; --ink:#1c2230; --soft:#5b6474; --line:#dfe3ea; --good:#1c7c43; --bad:#b3261e;
  --unsure:#9a6700; --code:#f0f2f5; }
@media (prefers-color-scheme: dark) { :root { --page:#14171d; --card:#1d222b; --ink:#e7eaf0; --soft:#9aa4b5;
  --line:#323947; --good:#5ccb88; --bad:#ff8a80; --unsure:#f0b84a; --code:#262c37; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--page); color:var(--ink);
  font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif; }
main { max-width:1180px; margin:0 auto; padding:28px 20px 60px; }
h1 { font-size:1.5rem; margin:0 0 .2rem; } h2 { font-size:1.12rem; margin:2rem 0 .7rem; }
.soft { color:var(--soft); } p { margin:.3rem 0; }
.verdict { border-left:6px solid var(--tone); background:var(--card); border-radius:8px; padding:14px 18px;
  margin:18px 0 6px; box-shadow:0 1px 3px rgba(0,0,0,.08); }
.verdict strong { color:var(--tone); font-size:1.3rem; text-transform:capitalize; }
.good { --tone:var(--good); } .bad { --tone:var(--bad); } .unsure { --tone:var(--unsure); }
.wide { overflow-x:auto; background:var(--card); border-radius:8px; box-shadow:0 1px 3px rgba(0,0,0,.08); }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums; }
th,td { padding:7px 12px; text-align:right; border-bottom:1px solid var(--line); white-space:nowrap; }
th { color:var(--soft); font-weight:600; font-size:.86rem; } tr:last-child td { border-bottom:0; }
th:first-child,td:first-child,td.left,th.left { text-align:left; } td.left { white-space:normal; }
td .tone { color:var(--tone); font-weight:600; }
.figures { display:grid; grid-template-columns:repeat(auto-fit,minmax(430px,1fr)); gap:16px; }
@media (max-width:520px) { .figures { grid-template-columns:1fr; } }
figure { margin:0; background:#ffffff; border-radius:8px; padding:10px 10px 4px; box-shadow:0 1px 3px rgba(0,0,0,.12); }
figure svg { width:100%; height:auto; display:block; } figure image { image-rendering:pixelated; }
figcaption { color:#4b5363; font-size:.84rem; padding:4px 6px 8px; }
pre { background:var(--code); border-radius:8px; padding:14px 16px; overflow-x:auto; font-size:.86rem; margin:0; }
.pair { display:grid; grid-template-columns:repeat(auto-fit,minmax(380px,1fr)); gap:16px; align-items:start; }
ul { margin:.2rem 0; padding-left:1.2rem; }
)";

}  // namespace sgdyn::tools
