extension HTMLReport {
    /// The page's style sheet. Curves of one kind are shades of one colour, the worse the stronger; red is for what went wrong.
    static let style = """
        :root{--page:#f4f5f7;--card:#fff;--ink:#171a1f;--soft:#59626e;--line:#dfe3e8;
        --response:#1d5fd1;--service:#a8500b;--planned:#6b7480;--p50:#4a8fe8;--p99:#1d5fd1;--p999:#0c2c69;
        --good:#157a41;--warn:#8a5a00;--bad:#b92c22;--mark:#6a3fb5}
        @media (prefers-color-scheme:dark){:root{--page:#0e1116;--card:#171b22;--ink:#e9ecf0;--soft:#a2acb8;--line:#2b323c;
        --response:#7db1ff;--service:#f0a35e;--planned:#939daa;--p50:#4f83cf;--p99:#86b6fb;--p999:#dbe9ff;
        --good:#58c98a;--warn:#e3b04b;--bad:#ff8378;--mark:#b79bf0}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
        main{max-width:64rem;margin:0 auto;padding:2rem 1rem 4rem}
        h1{font-size:1.9rem;line-height:1.2;margin:0;overflow-wrap:anywhere}
        h2{font-size:1.15rem;margin:2.5rem 0 .75rem}
        .kind{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}
        .facts{margin:.4rem 0 0;color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
        .verdict,.plot,.table,.tiles>div{background:var(--card);border:1px solid var(--line);border-radius:.6rem}
        .verdict{margin:1.5rem 0 1rem;padding:.8rem 1rem;border-left:.35rem solid var(--tone)}
        .good{--tone:var(--good)}.warn{--tone:var(--warn)}.bad{--tone:var(--bad)}
        .verdict>p{margin:0;font-weight:650;font-size:1.1rem;color:var(--tone)}
        .verdict ul{margin:.5rem 0 0;padding:0;list-style:none;font-size:.92rem}
        .verdict li b{display:inline-block;width:1.2em;color:var(--tone)}
        .verdict li span{color:var(--soft)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem;margin:0}
        .tiles>div{padding:.7rem .9rem}
        dt{color:var(--soft);font-size:.82rem}
        dd{margin:0;font-size:1.4rem;font-weight:600;white-space:nowrap}
        .plot{margin:0 0 .8rem;padding:.9rem 1rem .7rem}
        figcaption{font-weight:600;font-size:.95rem}
        .legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:.15rem 0 0;padding:0;list-style:none;font-size:.82rem;color:var(--soft)}
        .key{display:inline-block;width:1.1rem;height:0;margin-right:.4rem;vertical-align:middle;border-top:3px solid var(--tone)}
        .key.planned{border-top-style:dashed}
        .frame{display:grid;grid-template-columns:3.6rem minmax(0,1fr);margin-top:.9rem}
        .area,.y{position:relative;height:15rem}
        .low .area,.low .y{height:7rem}
        svg{display:block;width:100%;height:100%;overflow:hidden}
        path{vector-effect:non-scaling-stroke;fill:none}
        .grid{stroke:var(--line);stroke-width:1}
        .line{stroke:var(--tone);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .fill{fill:var(--tone);stroke:none}
        .fill.completed,.fill.backlog{opacity:.13}.fill.outage{opacity:.16}
        .response,.completed{--tone:var(--response)}.service{--tone:var(--service)}.planned{--tone:var(--planned)}
        .p50{--tone:var(--p50)}.p99{--tone:var(--p99)}.p999{--tone:var(--p999)}
        .errors,.chaos,.outage{--tone:var(--bad)}.backlog,.planned-mark{--tone:var(--mark)}
        .line.planned{stroke-dasharray:5 4;stroke-width:1.5}
        .line.chaos{stroke-width:1.5}.line.planned-mark{stroke-width:1.5;stroke-dasharray:2 4}
        .y span,.x span,.rule{position:absolute;font-size:.72rem;line-height:1;color:var(--soft);white-space:nowrap}
        .y span{right:.5rem;transform:translateY(50%)}
        .x{grid-column:2;position:relative;height:1.3rem}
        .x span{top:.5rem;transform:translateX(-50%)}
        .x span:last-child{transform:translateX(-85%)}
        .x span:first-child{transform:none}
        .row0{top:.2rem}.rule{padding:.15rem .3rem;color:var(--tone);background:var(--card);border-radius:.25rem;margin:0 .2rem}
        .row1{top:1.4rem}.row2{top:2.6rem}.row3{top:3.8rem}
        .none{color:var(--soft);font-size:.9rem;margin:.4rem 0 .8rem}
        /* A shade at the side where a table goes on (L. Verou, "Pure CSS scrolling shadows"). */
        .table{overflow-x:auto;background:linear-gradient(90deg,var(--card) 40%,transparent) 0/2.5rem 100% no-repeat local,
        linear-gradient(270deg,var(--card) 40%,transparent) 100%/2.5rem 100% no-repeat local,
        radial-gradient(farthest-side at 0,#0004,transparent) 0/.7rem 100% no-repeat,
        radial-gradient(farthest-side at 100%,#0004,transparent) 100%/.7rem 100% no-repeat,var(--card);margin:0 0 .8rem;padding:.3rem 1rem .6rem}
        table{border-collapse:collapse;width:100%;font-size:.88rem}
        caption{text-align:left;font-weight:600;font-size:.95rem;padding:.5rem 0 .3rem}
        th,td{padding:.35rem .8rem .35rem 0;text-align:right;white-space:nowrap;border-top:1px solid var(--line);font-weight:400}
        th:first-child{text-align:left}
        td:last-child,thead th:last-child{padding-right:0}
        thead th{color:var(--soft);font-size:.8rem;border-top:0}
        details{margin:0 0 .8rem}
        summary{cursor:pointer;padding:.4rem 0;color:var(--response)}
        .violations{color:var(--bad);overflow-wrap:anywhere}
        #generator~.table :is(th,td),#verification~.table th{white-space:normal;overflow-wrap:anywhere}
        @media (max-width:36rem){.many span:nth-last-child(even){display:none}th,td{padding-right:.6rem}}
        @media print{:root{--page:#fff}.plot,.table{break-inside:avoid}}
        """
}
